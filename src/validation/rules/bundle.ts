/** Rules of Bundles per type (https://hl7.org/fhir/R4/bundle.html) that no invariant covers. */
import { typeModel } from '../../fhir/model.ts';
import { parseReference } from '../../fhir/reference.ts';
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { atSegment } from '../run/position.ts';
import { report } from '../run/report.ts';
import { isObject, type JsonObject } from '../values/object.ts';

const entrySegment: Segment = { key: 'entry', expression: 'entry', path: 'Bundle.entry', type: 'Bundle.entry' };

const linkSegment: Segment = { key: 'link', expression: 'link', path: 'Bundle.link', type: 'Bundle.link' };

export function checkBundle(bundle: JsonObject, run: Run): void {
  const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
  checkFirstEntry(bundle, entries, run);
  checkLinks(bundle, run);
  const hasFullUrls = namedEntries.has(bundle.type);
  for (const [i, entry] of entries.entries()) {
    if (!isObject(entry)) continue;
    const problem = fullUrlProblem(entry);
    if (hasFullUrls && isObject(entry.resource) && entry.fullUrl === undefined)
      atSegment(run, entrySegment, i, () =>
        report(run, 'bundle-fullurl-missing', {}, { severity: run.context.policy.missingFullUrls }),
      );
    if (problem) atSegment(run, entrySegment, i, () => report(run, 'bundle-fullurl-invalid', { problem }));
    const search = bundle.type === 'searchset' ? searchProblem(entry) : undefined;
    if (search) atSegment(run, entrySegment, i, () => report(run, 'bundle-searchset-entry', { problem: search }));
  }
}

/** Only entries of transactions and batches may lack a fullUrl (https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl). */
const namedEntries: ReadonlySet<unknown> = new Set(['document', 'message', 'searchset', 'history', 'collection']);

/** A relation names one link (https://hl7.org/fhir/R4/http.html#paging): a client cannot choose between two. */
function checkLinks({ link }: JsonObject, run: Run): void {
  const seen = new Set<unknown>();
  for (const [i, it] of (Array.isArray(link) ? link : []).entries()) {
    if (!isObject(it) || typeof it.relation !== 'string') continue;
    if (seen.has(it.relation)) atSegment(run, linkSegment, i, () => report(run, 'bundle-link-duplicate', {}));
    seen.add(it.relation);
  }
}

/** An empty document or message gets this finding besides bdl-11 or bdl-12, which do not say what to add. */
const firstEntryTypes: Readonly<Record<string, string>> = { document: 'Composition', message: 'MessageHeader' };

function checkFirstEntry({ type }: JsonObject, entries: readonly unknown[], run: Run): void {
  const required = typeof type === 'string' ? firstEntryTypes[type] : undefined;
  if (!required || entries.length > 0) return;
  report(run, 'bundle-first-entry', { kind: String(type), asked: required });
}

/** A RESTful fullUrl ends in type and id of the resource (https://hl7.org/fhir/R4/bundle.html#bundle-unique). */
function fullUrlProblem({ fullUrl, resource }: JsonObject): string | undefined {
  if (typeof fullUrl !== 'string' || !isObject(resource)) return undefined;
  const parsed = parseReference(fullUrl);
  if (parsed.kind === 'relative') return 'it is not absolute';
  if (parsed.kind !== 'absolute') return undefined;
  if (parsed.version !== undefined) return 'it names a version';
  const { resourceType, id } = resource;
  if (typeof resourceType === 'string' && typeModel(resourceType) && parsed.type !== resourceType)
    return `its type is ${parsed.type}`;
  return typeof id === 'string' && id !== parsed.id ? 'its id differs from that of the resource' : undefined;
}

/** https://hl7.org/fhir/R4/search.html#outcomes and #matches: matches are stored resources. */
function searchProblem({ search, resource }: JsonObject): string | undefined {
  if (!isObject(resource)) return undefined;
  const mode = isObject(search) ? search.mode : undefined;
  const outcome = resource.resourceType === 'OperationOutcome';
  if (mode === 'outcome' && !outcome) return 'search.mode outcome requires an OperationOutcome';
  return (mode === 'match' || mode === 'include') && !outcome && resource.id === undefined
    ? 'a search result requires an id'
    : undefined;
}
