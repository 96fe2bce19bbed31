import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { DirectoryEntry } from '../store/port.ts';
import type { ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';

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
  const headers = {
    ETag: `W/"${found.meta?.versionId}"`,
    'Last-Modified': new Date(found.meta?.lastUpdated ?? 0).toUTCString(),
  };
  return { kind: 'shown', response: reply(context, found, 200, headers), references: [] };
}

function currentOf(gateway: Gateway, reference: string): Resource | undefined {
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
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'history',
    total: versions.length,
    entry: versions.map((it) => directoryEntry(base, it)),
  };
  return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
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
export const directoryEntry = (base: string, it: DirectoryEntry): BundleEntry => ({
  fullUrl: `${base}/${it.type}/${it.id}`,
  ...(it.text === undefined
    ? {}
    : { resource: versioned(parseJson(it.text), it) as NonNullable<BundleEntry['resource']> }),
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
