/** Bundles by their type (https://hl7.org/fhir/R4/bundle.html), as far as no invariant says it. */

import { typeModel } from '../fhir/model.ts';
import { parseReference } from '../fhir/reference.ts';
import { isObject, type Obj } from './equal.ts';
import { at, type Run, report, type Segment } from './run.ts';

const entrySegment: Segment = { key: 'entry', says: 'entry', path: 'Bundle.entry', type: 'Bundle.entry' };

export function checkBundle(bundle: Obj, run: Run): void {
  const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
  first(bundle, entries, run);
  for (const [i, entry] of entries.entries()) {
    if (!isObject(entry)) continue;
    const problem = fullUrlProblem(entry);
    if (problem) at(run, entrySegment, i, () => report(run, 'bundle-fullurl-invalid', { problem }));
    const search = bundle.type === 'searchset' ? searchProblem(entry) : undefined;
    if (search) at(run, entrySegment, i, () => report(run, 'bundle-searchset-entry', { problem: search }));
  }
}

/** bdl-11 and bdl-12 ask the same, but their expressions are not satisfied by an empty Bundle. */
const firsts: Readonly<Record<string, string>> = { document: 'Composition', message: 'MessageHeader' };

function first({ type }: Obj, entries: readonly unknown[], run: Run): void {
  const asked = typeof type === 'string' ? firsts[type] : undefined;
  if (!asked || entries.length > 0) return;
  report(run, 'bundle-first-entry', { kind: String(type), asked });
}

/** The id of a resource ends its RESTful address. */
function fullUrlProblem({ fullUrl, resource }: Obj): string | undefined {
  if (typeof fullUrl !== 'string' || !isObject(resource)) return undefined;
  const parsed = parseReference(fullUrl);
  if (parsed.kind === 'relative') return 'it is not absolute';
  if (parsed.kind !== 'absolute') return undefined;
  if (parsed.version !== undefined) return 'it names a version';
  const { resourceType, id } = resource;
  if (typeof resourceType === 'string' && typeModel(resourceType) && parsed.type !== resourceType)
    return `it is that of a ${parsed.type}`;
  return typeof id === 'string' && id !== parsed.id ? 'it ends in another id than that of the resource' : undefined;
}

/** https://hl7.org/fhir/R4/search.html#outcomes and #matches: matches are stored resources. */
function searchProblem({ search, resource }: Obj): string | undefined {
  if (!isObject(resource)) return undefined;
  const mode = isObject(search) ? search.mode : undefined;
  const outcome = resource.resourceType === 'OperationOutcome';
  if (mode === 'outcome' && !outcome) return 'search.mode outcome is for an OperationOutcome';
  return (mode === 'match' || mode === 'include') && !outcome && resource.id === undefined
    ? 'a resource that was found has an id'
    : undefined;
}
