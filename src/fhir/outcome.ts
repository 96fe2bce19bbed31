import type { CodeableConcept, Extension, OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { mgnCodeSystem } from './canonical.ts';
import { catalogue } from './catalogue/index.ts';
import type { Category } from './catalogue/rule.ts';
import { type Issue, isError } from './issue.ts';

const extensionBase = 'http://hl7.org/fhir/StructureDefinition';

/**
 * OperationOutcome for a sender (https://hl7.org/fhir/R4/operationoutcome.html). Each issue contains the party that
 * must act, the stable code of the catalogue, its place, and the remedy in English with a Dutch translation.
 */
export const operationOutcome = (issues: readonly Issue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: issues.map(outcomeIssue),
});

function outcomeIssue(it: Issue): OperationOutcomeIssue {
  const place = placeExtensions(it);
  const requirements = [it.profile && `profile ${it.profile}`, it.element && `element ${it.element}`].filter(Boolean);
  return {
    ...(place.length > 0 ? { extension: place } : {}),
    severity: it.severity,
    code: it.code,
    details: details(it),
    ...(requirements.length > 0 ? { diagnostics: requirements.join(', ') } : {}),
    ...(it.expression === undefined ? {} : { expression: [it.expression] }),
  };
}

/** @medplum/fhirtypes has no `_text`, the place of extensions on a primitive. */
const details = (it: Issue): CodeableConcept & { _text: { extension: Extension[] } } => ({
  coding: [
    { system: mgnCodeSystem('fault'), code: catalogue[it.rule].fault },
    { system: mgnCodeSystem('error'), code: it.rule },
  ],
  text: it.message,
  _text: { extension: [translation('nl', it.dutch)] },
});

/** Line and column in the same extensions as HL7's validator. */
const placeExtensions = ({ line, column }: Issue): Extension[] => [
  ...(line === undefined ? [] : [{ url: `${extensionBase}/operationoutcome-issue-line`, valueInteger: line }]),
  ...(column === undefined ? [] : [{ url: `${extensionBase}/operationoutcome-issue-col`, valueInteger: column }]),
];

const translation = (language: string, text: string): Extension => ({
  url: `${extensionBase}/translation`,
  extension: [
    { url: 'lang', valueCode: language },
    { url: 'content', valueString: text },
  ],
});

/** Category of the first error; undefined when there is none. */
export function categoryOf(issues: readonly Issue[]): Category | undefined {
  const first = issues.find(isError);
  return first && catalogue[first.rule].category;
}
