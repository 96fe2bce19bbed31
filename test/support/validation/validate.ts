import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { Resource } from '../../../src/fhir/resource.ts';
import { openValidator, type Report } from '../../../src/validation/index.ts';

export const validator = await openValidator();

/** Errors as `expression rule`, the form in which most tests compare a report. */
export const errors = ({ issues }: Report): string[] =>
  issues.filter(({ severity }) => severity === 'error').map(({ expression, rule }) => `${expression} ${rule}`);

export const check = (resource: unknown): string[] => errors(validator.validate(resource));

export const profileUrl = 'https://mgn.example/fhir/StructureDefinition/tested';

export const profileOf = (type: string, elements: ElementDefinition[], url = profileUrl): StructureDefinition => ({
  resourceType: 'StructureDefinition',
  url,
  name: 'Tested',
  status: 'draft',
  kind: 'resource',
  abstract: false,
  type,
  derivation: 'constraint',
  baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
  differential: { element: elements.map((it) => ({ id: it.path ?? '', ...it })) },
});

/** Errors when checked against a profile with these elements in its differential. */
export function against(
  elements: ElementDefinition[],
  resource: Resource & Readonly<Record<string, unknown>>,
  more: readonly Resource[] = [],
): string[] {
  const profile = profileOf(resource.resourceType, elements);
  return errors(validator.with([profile, ...more]).validate(resource, { profiles: [profileUrl] }));
}
