import type { Bundle } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType } from '../../fhir/resource.ts';
import type { LoadedContext } from './look-up.ts';
import { atGateway } from './memory.ts';

/**
 * References that would join what must stay apart: to something at the gateway that the sender may not see, and of a graph
 * that brings its own Patient to the person of another one, or somebody close to that person.
 */
export function strayReferences(bundle: Bundle, { resources, unseen }: LoadedContext, base: string): Issue[] {
  const strange = new Set(unseen);
  if (bundle.entry?.some(({ resource }) => isType(resource, 'Patient')))
    for (const [reference, resource] of resources)
      if (isType(resource, 'Patient') || isType(resource, 'RelatedPerson')) strange.add(reference);
  if (strange.size === 0) return [];
  return referencesIn(bundle).flatMap(({ text, path }) =>
    text !== undefined && strange.has(atGateway(text, base) ?? '')
      ? [issue('reference-outside-referral', {}, { expression: path })]
      : [],
  );
}
