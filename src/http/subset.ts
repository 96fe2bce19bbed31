import { issue } from '../fhir/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { type Subset, subsetOf } from '../fhir/subset.ts';

/** Parameters of form: they change how an answer is written, and every read and search takes them. */
export const formParameters: readonly string[] = ['_format', '_pretty', '_summary', '_elements'];

/** The part of each resource that `_summary` or `_elements` requests; undefined for all of it. */
export type RequestedForm = { readonly subset?: Subset; readonly countOnly: boolean };

/**
 * `_summary` and `_elements` (https://hl7.org/fhir/R4/search.html#summary); `_elements` of another type, `Patient.name`, is
 * dropped. Issue: `search-value-malformed`.
 */
export function formRequested(parameters: URLSearchParams, type: string): Result<RequestedForm> {
  const summary = parameters.get('_summary') ?? 'false';
  if (summary === 'count') return success({ countOnly: true });
  if (summary === 'true' || summary === 'text' || summary === 'data')
    return success({ countOnly: false, subset: { by: 'summary', summary } });
  if (summary !== 'false') return failure(issue('search-value-malformed', { parameter: '_summary' }));
  const names = parameters
    .getAll('_elements')
    .flatMap((it) => it.split(','))
    .map((it) => it.trim())
    .filter(Boolean);
  if (names.length === 0) return success({ countOnly: false });
  const elements = names.flatMap((it) =>
    it.includes('.') ? (it.startsWith(`${type}.`) ? it.split('.')[1]! : []) : it,
  );
  return success({ countOnly: false, subset: { by: 'elements', elements } });
}

export const inForm = (resource: Resource, { subset }: Pick<RequestedForm, 'subset'>): Resource =>
  subset ? subsetOf(resource, subset) : resource;
