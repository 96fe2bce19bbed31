import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import type { StoredResource } from '../store/port.ts';
import { isUnmodified, validatorHeaders } from './conditional.ts';
import { directoryHistory, readDirectory } from './directory.ts';
import { directoryUpdates, searchDirectory } from './directory-search.ts';
import { historyPage, storedEntry } from './history.ts';
import { interactions } from './interactions.ts';
import { forReader, type ReadOutcome } from './reader.ts';
import { reply, replyStored, replyUnmodified } from './reply.ts';
import { searchStore } from './search.ts';
import { formRequested, inForm } from './subset.ts';

const isDirectory = (type: string): boolean => interactions[type]?.from === 'directory';

const notFound = { kind: 'refused', issues: [issue('not-found', {})] } as const satisfies ReadOutcome;

/** Versions as the gateway writes them; another spelling of the same number is not a version. */
const versionText = /^[1-9]\d{0,8}$/;

/** FHIR read and vread (https://hl7.org/fhir/R4/http.html#read); 404 also for what the partner may not read. */
export const read = (gateway: Gateway, context: Context, type: string, id: string, version?: string) =>
  forReader(gateway, context, version ? 'vread' : 'read', async (partner, permitted) => {
    const stored =
      version === undefined
        ? await permitted.read(type, id, partner.id)
        : versionText.test(version)
          ? await permitted.vread(type, id, Number(version), partner.id)
          : undefined;
    if (stored) return shown(context, stored);
    if (!isDirectory(type) || (version !== undefined && !versionText.test(version))) return notFound;
    return readDirectory(gateway, context, type, id, version === undefined ? undefined : Number(version));
  });

function shown(context: Context, stored: StoredResource): ReadOutcome {
  const { type, id, text } = stored;
  const form = formRequested(new URL(context.req.url).searchParams, type);
  if (!form.ok) return { kind: 'refused', issues: form.issues };
  const headers = validatorHeaders(stored);
  const response = isUnmodified(context, stored)
    ? replyUnmodified(context, headers)
    : form.value.subset
      ? reply(context, inForm(parseJson(text), form.value), 200, headers)
      : replyStored(context, text, headers);
  return { kind: 'shown', response, references: [`${type}/${id}`] };
}

/** FHIR history-type, of the directory only (IHE ITI-91): resources about persons have no history by type. */
export const historyOfType = (gateway: Gateway, context: Context, type: string) =>
  forReader(gateway, context, 'history-type', async () =>
    isDirectory(type) ? directoryUpdates(gateway, context, type) : notFound,
  );

/** FHIR history-instance (https://hl7.org/fhir/R4/http.html#history), as far as the partner may read the resource. */
export const history = (gateway: Gateway, context: Context, type: string, id: string) =>
  forReader(gateway, context, 'history-instance', async (partner, permitted) => {
    const versions = await permitted.history(type, id, partner.id);
    if (versions.length === 0) return isDirectory(type) ? directoryHistory(gateway, context, type, id) : notFound;
    const base = gateway.network.settings.baseUrl;
    const bundle = historyPage(context, {
      base,
      address: `${type}/${id}`,
      versions: versions.map((it) => ({ ...it, at: it.lastUpdated })),
      entryOf: storedEntry(base),
    });
    if (!bundle.ok) return { kind: 'refused', issues: bundle.issues };
    return { kind: 'shown', response: reply(context, bundle.value, 200), references: [`${type}/${id}`] };
  });

/** FHIR search by GET, and by POST _search where identifiers of persons must stay out of addresses. */
export const search = (gateway: Gateway, context: Context, type: string, by: 'get' | 'post') =>
  forReader(gateway, context, 'search-type', async (partner, permitted) =>
    isDirectory(type) && by === 'get'
      ? searchDirectory(gateway, context, type, { partner, permitted })
      : searchStore(gateway, context, type, { partner, permitted, by }),
  );
