import { expect, test } from 'vitest';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { catalogue } from '../../src/fhir/catalogue/index.ts';
import { issue } from '../../src/fhir/issue.ts';
import { categoryOf, operationOutcome } from '../../src/fhir/outcome.ts';
import { writeXml } from '../../src/fhir/xml.ts';

const found = issue(
  'reference-unresolved-retained',
  {},
  { expression: 'Bundle.entry[0].resource.subject', line: 3, column: 7 },
);
const broken = issue(
  'json-syntax',
  { expected: ':' },
  { line: 1, column: 2, profile: 'https://p', element: 'Task.code' },
);

test('an issue becomes the error contract: fault, stable code, place, remedy in two languages', () => {
  expect(operationOutcome([broken])).toEqual({
    resourceType: 'OperationOutcome',
    issue: [
      {
        extension: [
          { url: 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line', valueInteger: 1 },
          { url: 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col', valueInteger: 2 },
        ],
        severity: 'fatal',
        code: 'structure',
        details: {
          coding: [
            { system: mgnCodeSystem('fault'), code: 'sender' },
            { system: mgnCodeSystem('error'), code: 'json-syntax' },
          ],
          text: broken.message,
          _text: {
            extension: [
              {
                url: 'http://hl7.org/fhir/StructureDefinition/translation',
                extension: [
                  { url: 'lang', valueCode: 'nl' },
                  { url: 'content', valueString: broken.dutch },
                ],
              },
            ],
          },
        },
        diagnostics: 'profile https://p, element Task.code',
      },
    ],
  });
  expect(operationOutcome([found]).issue?.[0]?.expression).toEqual(['Bundle.entry[0].resource.subject']);
});

test('an outcome can be written as XML', () => {
  expect(writeXml(operationOutcome([found, broken]))).toContain('<severity value="warning"/>');
});

test('the category is that of the first error', () => {
  expect(categoryOf([])).toBeUndefined();
  expect(categoryOf([found])).toBeUndefined();
  expect(categoryOf([found, broken])).toBe('malformed');
});

test('every rule speaks both languages, with the same placeholders', () => {
  const names = (text: string): string[] => [...new Set(text.match(/\{[A-Za-z]+\}/g) ?? [])].sort();
  for (const [code, { en, nl }] of Object.entries(catalogue)) {
    expect(names(nl), code).toEqual(names(en));
    expect(en, code).not.toBe(nl);
  }
});
