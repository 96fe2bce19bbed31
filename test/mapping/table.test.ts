import { describe, expect, test } from 'vitest';
import { compileMap, MapError, readTable, type Table } from '../../src/mapping/index.ts';

const csv = (unmapped: string): string => `# table: icpc-domain
# source: http://hl7.org/fhir/sid/icpc-1-nl
# target: http://example.org/domain
# unmapped: ${unmapped}
code,target,display
P*,mental,"Geestelijke, en meer"
P15,substance,Middelengebruik
Z*,social,
`;
const condition = (code: string, text?: string) => ({
  resourceType: 'Condition',
  code: {
    coding: [{ system: 'http://hl7.org/fhir/sid/icpc-1-nl', code, display: 'Zoals gestuurd' }],
    ...(text ? { text } : {}),
  },
});
const run = (table: Table, input: unknown) =>
  compileMap(
    [
      {
        path: 't',
        text: `map "http://example.org/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Condition" alias Condition as source
uses "http://hl7.org/fhir/StructureDefinition/Condition" alias Out as target
group main(source src : Condition, target tgt : Condition) { src.code as c -> tgt.category = translate(c, 'icpc-domain', 'CodeableConcept'); }`,
      },
    ],
    { tables: [table] },
  ).run(input);
const category = (result: { output: unknown }): unknown => (result.output as { category?: unknown }).category;

describe('a table', () => {
  const queue = readTable(csv('queue'), 'icpc.csv');

  test('finds the exact code before a prefix', () => {
    expect(category(run(queue, condition('P15')))).toEqual([
      { coding: [{ system: 'http://example.org/domain', code: 'substance', display: 'Middelengebruik' }] },
    ]);
    expect(category(run(queue, condition('P76')))).toEqual([
      { coding: [{ system: 'http://example.org/domain', code: 'mental', display: 'Geestelijke, en meer' }] },
    ]);
    expect(category(run(queue, condition('Z01')))).toEqual([
      { coding: [{ system: 'http://example.org/domain', code: 'social' }] },
    ]);
  });

  test.each([
    ['refuse', 'code-unmapped', 'error', undefined],
    ['text', 'code-stored-as-text', 'warning', [{ text: 'Zoals gestuurd' }]],
    ['queue', 'code-queued', 'warning', [{ text: 'Zoals gestuurd' }]],
  ])('states the handling of an unknown code: %s', (unmapped, rule, severity, expected) => {
    const result = run(readTable(csv(unmapped), 't.csv'), condition('A04'));
    expect(category(result)).toEqual(expected);
    expect(result.issues).toMatchObject([{ rule, severity, expression: 'Condition.code' }]);
    expect(result.issues?.[0]?.message).not.toContain('A04');
    expect(result.unmapped).toEqual([
      {
        table: 'icpc-domain',
        system: 'http://hl7.org/fhir/sid/icpc-1-nl',
        code: 'A04',
        display: 'Zoals gestuurd',
        expression: 'Condition.code',
        handling: unmapped,
      },
    ]);
  });

  test('a concept with text only keeps it, without a lookup', () => {
    const result = run(queue, { resourceType: 'Condition', code: { text: 'moe' } });
    expect(category(result)).toEqual([{ text: 'moe' }]);
    expect(result.issues).toBeUndefined();
  });

  test('does not contain a code of another system', () => {
    expect(
      run(queue, { resourceType: 'Condition', code: { coding: [{ system: 'http://other', code: 'P15' }] } }).unmapped,
    ).toHaveLength(1);
  });

  test.each([
    ['code,target\na,b', /# table: name/],
    ['# table: t\ncode,target\na,b', /refuse, text or queue/],
    ['# table: t\n# unmapped: text\ncode,display\na,b', /t\.csv:1:1 .*column target/],
    ['# table: t\n# unmapped: text\ncode,target\na\n,b', /t\.csv:4:1 .*\n.*t\.csv:5:1/],
  ])('with an error is refused with file and line: %j', (text, message) => {
    expect(() => readTable(text, 't.csv')).toThrow(MapError);
    expect(() => readTable(text, 't.csv')).toThrow(message);
  });
});

describe('a ConceptMap', () => {
  const text = (url: string): string => `map "http://example.org/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
group main(source src : Patient, target tgt : Patient) { src.gender as g -> tgt.language = translate(g, '${url}', 'code'); }`;
  const group = (code: string, target: string, unmapped?: object) => ({
    source: 'http://hl7.org/fhir/administrative-gender',
    target: 'http://example.org',
    element: [{ code, target: [{ code: target, equivalence: 'equal' as const }] }],
    ...(unmapped ? { unmapped } : {}),
  });
  const translate = (gender: string, groups: object[], others: object[] = []) => {
    const conceptMaps = [
      { resourceType: 'ConceptMap', status: 'active', url: 'http://example.org/cm', group: groups },
      ...others,
    ] as never;
    return compileMap([{ path: 't', text: text('http://example.org/cm') }], { conceptMaps }).run({
      resourceType: 'Patient',
      gender,
    }).output;
  };

  test('is searched in all its groups', () => {
    expect(translate('male', [group('female', 'V'), group('male', 'M')])).toEqual({
      resourceType: 'Patient',
      language: 'M',
    });
  });

  test('defines the handling of an unknown code: the same, a fixed one, or another map', () => {
    expect(translate('other', [group('female', 'V', { mode: 'provided' })])).toEqual({
      resourceType: 'Patient',
      language: 'other',
    });
    expect(translate('other', [group('female', 'V', { mode: 'fixed', code: 'F' })])).toEqual({
      resourceType: 'Patient',
      language: 'F',
    });
    const other = {
      resourceType: 'ConceptMap',
      status: 'active',
      url: 'http://example.org/other',
      group: [group('other', 'O')],
    };
    expect(
      translate('other', [group('female', 'V', { mode: 'other-map', url: 'http://example.org/other' })], [other]),
    ).toEqual({ resourceType: 'Patient', language: 'O' });
  });
});
