import type { BundleEntry } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { DirectoryEntry } from '../store/port.ts';
import { isUnmodified, validatorHeaders } from './conditional.ts';
import { historyPage } from './history.ts';
import type { ReadOutcome } from './reader.ts';
import { reply, replyUnmodified } from './reply.ts';
import { formRequested, inForm, type RequestedForm } from './subset.ts';

const notFound = { kind: 'refused', issues: [issue('not-found', {})] } as const satisfies ReadOutcome;

/** Read and vread of the directory: the same for every partner, with the versions of its change log. */
export async function readDirectory(
  gateway: Gateway,
  context: Context,
  type: string,
  id: string,
  version?: number,
): Promise<ReadOutcome> {
  const found =
    version === undefined ? currentOf(gateway, `${type}/${id}`) : await versionOf(gateway, type, id, version);
  if (!found) return notFound;
  const form = formRequested(new URL(context.req.url).searchParams, type);
  if (!form.ok) return { kind: 'refused', issues: form.issues };
  const validators = { version: Number(found.meta?.versionId), lastUpdated: new Date(found.meta?.lastUpdated ?? 0) };
  const headers = validatorHeaders(validators);
  const response = isUnmodified(context, validators)
    ? replyUnmodified(context, headers)
    : reply(context, inForm(found, form.value), 200, headers);
  return { kind: 'shown', response, references: [] };
}

/** A resource of the directory as it is now. */
export function currentOf(gateway: Gateway, reference: string): Resource | undefined {
  const resource = gateway.network.resource(reference);
  const version = gateway.living.version(reference);
  return resource && version ? versioned(resource, version) : undefined;
}

/** Undefined for a version that is a deletion: it is answered as not found. */
async function versionOf(gateway: Gateway, type: string, id: string, version: number): Promise<Resource | undefined> {
  const found = (await versionsOf(gateway, type, id)).find((it) => it.version === version);
  return found?.text === undefined ? undefined : versioned(parseJson(found.text), found);
}

async function versionsOf(gateway: Gateway, type: string, id: string): Promise<readonly DirectoryEntry[]> {
  const { items } = await gateway.store.directory({ type, id, count: 10_000 });
  return [...items].reverse();
}

/** Every version of a resource of the directory, the newest first: the history of its waiting times (wachttijden). */
export async function directoryHistory(
  gateway: Gateway,
  context: Context,
  type: string,
  id: string,
): Promise<ReadOutcome> {
  const versions = await versionsOf(gateway, type, id);
  if (versions.length === 0) return notFound;
  const base = gateway.network.settings.baseUrl;
  const bundle = historyPage(context, {
    base,
    address: `${type}/${id}`,
    versions,
    entryOf: (it, form) => directoryEntry(base, it, form),
  });
  return bundle.ok
    ? { kind: 'shown', response: reply(context, bundle.value, 200), references: [] }
    : { kind: 'refused', issues: bundle.issues };
}

/** The resource with the version and time of its entry in the change log. */
export const versioned = (
  resource: Resource,
  { version, at }: { readonly version: number; readonly at: Date },
): Resource => ({
  ...resource,
  meta: { ...resource.meta, versionId: String(version), lastUpdated: at.toISOString() },
});

/** Entry of a history Bundle (https://hl7.org/fhir/R4/http.html#history). */
export const directoryEntry = (
  base: string,
  it: DirectoryEntry,
  form: RequestedForm = { countOnly: false },
): BundleEntry => ({
  fullUrl: `${base}/${it.type}/${it.id}`,
  ...(it.text === undefined
    ? {}
    : { resource: inForm(versioned(parseJson(it.text), it), form) as NonNullable<BundleEntry['resource']> }),
  request: {
    method: it.text === undefined ? 'DELETE' : it.version === 1 ? 'POST' : 'PUT',
    url: it.version === 1 ? it.type : `${it.type}/${it.id}`,
  },
  response: {
    status: it.text === undefined ? '204' : it.version === 1 ? '201' : '200',
    etag: `W/"${it.version}"`,
    lastModified: it.at.toISOString(),
  },
});
