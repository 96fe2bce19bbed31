import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { canonicalBase } from '../fhir/canonical.ts';
import type { Issue } from '../fhir/issue.ts';
import { writeJson } from '../fhir/json.ts';
import { isType } from '../fhir/resource.ts';
import { printIssues } from '../main/print-issues.ts';
import { filesAt } from './files-at.ts';
import type { Language } from './options.ts';
import { isXml, type ReadFile, readResource } from './read-resource.ts';

export type Sendable = { readonly body: string; readonly contentType: string };

/** The issues of unreadable input, by file or folder. */
export type Unreadable = {
  readonly ok: false;
  readonly problems: readonly { path: string; issues: readonly Issue[] }[];
};

/**
 * The request body for one or more files: a single Bundle is sent unchanged, byte for byte; single resources (or a
 * folder of them, as implementation guides publish examples) become a collection Bundle.
 */
export async function composeBundle(
  paths: readonly string[],
): Promise<{ readonly ok: true; readonly value: Sendable } | Unreadable> {
  const found = await Promise.all(paths.map(async (path) => ({ path, result: await filesAt(path) })));
  const files = found.flatMap(({ result }) => (result.ok ? result.value : []));
  const read = await Promise.all(files.map(async (path) => ({ path, result: await readResource(path) })));
  const problems = [...found, ...read].flatMap(({ path, result }) =>
    result.ok ? [] : [{ path, issues: result.issues }],
  );
  if (problems.length) return { ok: false, problems };
  const resources = read.flatMap(({ result }) => (result.ok ? [result.value] : []));
  const [first] = resources;
  if (first && resources.length === 1 && isType(first.resource, 'Bundle')) {
    const contentType = isXml(first.path, first.text) ? 'application/fhir+xml' : 'application/fhir+json';
    return { ok: true, value: { body: first.text, contentType } };
  }
  return { ok: true, value: { body: writeJson(collectionOf(resources)), contentType: 'application/fhir+json' } };
}

export const problemLines = ({ problems }: Unreadable, language: Language): string[] =>
  problems.flatMap(({ path, issues }) => printIssues(path, issues, language));

/** Full URLs make relative references resolve; of two resources with the same id only the first gets one. */
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
