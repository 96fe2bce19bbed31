import type { CodeSystem } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { catalogue } from '../fhir/catalogue/index.ts';
import type { Rule } from '../fhir/catalogue/rule.ts';

/** The error catalogue as a code system, generated from the code so that the two cannot drift apart. */
export const errorCodes = (version: string) =>
  ({
    resourceType: 'CodeSystem',
    id: 'mgn-error',
    language: 'en',
    url: mgnCodeSystem('error'),
    version,
    name: 'ErrorCodes',
    title: 'Errors of the gateway',
    _title: { extension: [translation('Fouten van de gateway')] },
    status: 'draft',
    experimental: false,
    description:
      'Every code with which the gateway refuses or warns, as in OperationOutcome.issue.details. Partners may program against them: a code is never reused for another meaning. Each text states the rule and the remedy; {names} are replaced by elements, codes and counts, never by values of a message.',
    caseSensitive: true,
    content: 'complete',
    property: [
      { code: 'fault', description: 'The side that has to act: sender, gateway or receiver', type: 'code' },
      {
        code: 'issue-type',
        description: 'The matching code of FHIR in OperationOutcome.issue.code',
        type: 'code',
      },
      { code: 'severity', description: 'The severity, unless the context overrides it', type: 'code' },
    ],
    concept: rules.map(([code, rule]) => ({
      code,
      display: rule.en,
      designation: [{ language: 'nl', value: rule.nl }],
      property: [
        { code: 'fault', valueCode: rule.fault },
        { code: 'issue-type', valueCode: rule.type },
        { code: 'severity', valueCode: rule.severity },
      ],
    })),
  }) satisfies CodeSystem & { _title: object };

const rules: readonly (readonly [string, Rule])[] = Object.entries(catalogue).sort(([a], [b]) => (a < b ? -1 : 1));

/** https://hl7.org/fhir/R4/extension-translation.html */
const translation = (content: string) => ({
  url: 'http://hl7.org/fhir/StructureDefinition/translation',
  extension: [
    { url: 'lang', valueCode: 'nl' },
    { url: 'content', valueString: content },
  ],
});
