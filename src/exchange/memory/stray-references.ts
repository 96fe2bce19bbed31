import type { Bundle } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType } from '../../fhir/resource.ts';
import type { LoadedContext } from './look-up.ts';
import { atGateway } from './memory.ts';

/**
 * References that would mix persons: from a graph with its own Patient to another stored Patient or RelatedPerson.
 * Issue: `reference-outside-referral`.
 */
export function strayReferences(bundle: Bundle, { resources }: LoadedContext, base: string): Issue[] {
  const forbidden = new Set<string>();
  if (bundle.entry?.some(({ resource }) => isType(resource, 'Patient')))
    for (const [reference, resource] of resources)
      if (isType(resource, 'Patient') || isType(resource, 'RelatedPerson')) forbidden.add(reference);
  if (forbidden.size === 0) return [];
  return referencesIn(bundle).flatMap(({ text, path }) =>
    text !== undefined && forbidden.has(atGateway(text, base) ?? '')
      ? [issue('reference-outside-referral', {}, { expression: path })]
      : [],
  );
}
