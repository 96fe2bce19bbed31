import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { canonicalBase } from '../fhir/canonical.ts';
import { writeJson } from '../fhir/json.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { isXml, type ReadFile, readResource } from './read-resource.ts';

export type Sendable = { readonly body: string; readonly contentType: string };

/**
 * What to send of one or more files: a single Bundle goes as it is, byte for byte; single resources (a folder of them,
 * as implementation guides publish their examples) are put together in a collection.
 */
export async function composeBundle(
  paths: readonly string[],
): Promise<Result<Sendable & { readonly files: readonly string[] }>> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const read = await Promise.all(files.map(readResource));
  const wrong = read.flatMap((it) => (it.ok ? [] : it.issues));
  if (wrong.length) return failure(...wrong);
  const resources = read.flatMap((it) => (it.ok ? [it.value] : []));
  const [first] = resources;
  if (first && resources.length === 1 && isType(first.resource, 'Bundle'))
    return success({
      body: first.text,
      contentType: isXml(first.path, first.text) ? 'application/fhir+xml' : 'application/fhir+json',
      files,
    });
  return success({ body: writeJson(collectionOf(resources)), contentType: 'application/fhir+json', files });
}

async function filesAt(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  return (await readdir(path))
    .filter((name) => /\.(json|xml)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** Addresses let relative references resolve; of two resources with one id only the first gets it. */
export function collectionOf(resources: readonly Pick<ReadFile, 'resource'>[]): Bundle {
  const taken = new Set<string>();
  const entry = resources.map(({ resource }, index): BundleEntry => {
    const address = `${canonicalBase}/${resource.resourceType}/${resource.id}`;
    const free = resource.id !== undefined && !taken.has(address);
    taken.add(address);
    return {
      fullUrl: free ? address : `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      resource,
    } as BundleEntry;
  });
  return { resourceType: 'Bundle', type: 'collection', entry };
}
