import type { Context } from 'hono';
import { asSeenBy } from '../exchange/memory/as-seen.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import { success } from '../fhir/result.ts';
import type { StoredResource } from '../store/port.ts';
import { directoryHistory, readDirectory } from './directory.ts';
import { directoryUpdates, searchDirectory } from './directory-search.ts';
import { interactions } from './interactions.ts';
import { forReader, type ReadOutcome } from './reader.ts';
import { reply, replyStored } from './reply.ts';
import { formOf, historyBundle, namesPerson, queryOf, searchFor, searchset } from './search.ts';

const isDirectory = (type: string): boolean => interactions[type]?.from === 'directory';

const notFound = { kind: 'refused', issues: [issue('not-found', {})] } as const satisfies ReadOutcome;

/** Versions as the gateway writes them; another spelling of the same number is not a version. */
const versionText = /^[1-9]\d{0,8}$/;

/** FHIR read and vread (https://hl7.org/fhir/R4/http.html#read); 404 also for what the partner may not read. */
export const read = (gateway: Gateway, context: Context, type: string, id: string, version?: string) =>
  forReader(gateway, context, version ? 'vread' : 'read', async (partner) => {
    const store = asSeenBy(gateway, partner);
    const stored =
      version === undefined
        ? await store.read(type, id, partner.id)
        : versionText.test(version)
          ? await store.vread(type, id, Number(version), partner.id)
          : undefined;
    if (stored) return shown(context, stored);
    if (!isDirectory(type) || (version !== undefined && !versionText.test(version))) return notFound;
    return readDirectory(gateway, context, type, id, version === undefined ? undefined : Number(version));
  });

function shown(context: Context, { type, id, version, lastUpdated, text }: StoredResource): ReadOutcome {
  const headers = { ETag: `W/"${version}"`, 'Last-Modified': lastUpdated.toUTCString() };
  return { kind: 'shown', response: replyStored(context, text, headers), references: [`${type}/${id}`] };
}

/** FHIR history-type, of the directory only (IHE ITI-91): resources about persons have no history by type. */
export const historyOfType = (gateway: Gateway, context: Context, type: string) =>
  forReader(gateway, context, 'history-type', async () =>
    isDirectory(type) ? directoryUpdates(gateway, context, type) : notFound,
  );

/** FHIR history-instance (https://hl7.org/fhir/R4/http.html#history), as far as the partner may read the resource. */
export const history = (gateway: Gateway, context: Context, type: string, id: string) =>
  forReader(gateway, context, 'history-instance', async (partner) => {
    const versions = await asSeenBy(gateway, partner).history(type, id, partner.id);
    if (versions.length === 0) return isDirectory(type) ? directoryHistory(gateway, context, type, id) : notFound;
    const bundle = historyBundle(gateway.network.settings.baseUrl, versions);
    return { kind: 'shown', response: reply(context, bundle, 200), references: [`${type}/${id}`] };
  });

/** FHIR search by GET, and by POST _search where identifiers of persons must stay out of addresses. */
export const search = (gateway: Gateway, context: Context, type: string, by: 'get' | 'post') =>
  forReader(gateway, context, 'search-type', async (partner) => {
    if (isDirectory(type) && by === 'get')
      return searchDirectory(gateway, context, type, new URL(context.req.url).searchParams);
    const offered = interactions[type]?.search;
    if (offered === 'post only' && by === 'get')
      return { kind: 'refused', issues: [issue('search-post-required', { type })] };
    const address = new URL(context.req.url);
    const form = by === 'post' ? await formOf(context) : success(new URLSearchParams());
    if (!form.ok) return { kind: 'refused', issues: form.issues };
    const parameters = new URLSearchParams([...address.searchParams, ...form.value]);
    if (by === 'get' && namesPerson(parameters))
      return { kind: 'refused', issues: [issue('search-post-required', { type })] };
    const query = queryOf(type, parameters);
    if (!query.ok) return { kind: 'refused', issues: query.issues };
    const found = await searchFor(asSeenBy(gateway, partner), type, query.value, partner.id);
    if (!found.ok) return { kind: 'refused', issues: found.issues };
    const bundle = searchset(gateway.network.settings.baseUrl, found.value, by === 'get' ? address : undefined);
    return {
      kind: 'shown',
      response: reply(context, bundle, 200),
      references: found.value.resources.map((it) => `${it.type}/${it.id}`),
    };
  });
