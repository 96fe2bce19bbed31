import type { Bundle } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';

/** Each is weighed for each disclosure of the message, and what it states differently from others at every later one. */
const maximumConsents = 50;

/** `consents-too-many`, at the first Consent (toestemming) beyond those that a message may have. */
export function tooManyConsents({ entry = [] }: Bundle): readonly Issue[] {
  const places = entry.flatMap(({ resource }, index) => (isType(resource, 'Consent') ? [index] : []));
  const beyond = places[maximumConsents];
  if (beyond === undefined) return [];
  return [issue('consents-too-many', { limit: maximumConsents }, { expression: `Bundle.entry[${beyond}].resource` })];
}
