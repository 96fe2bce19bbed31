import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultDelimiters } from '../../src/mapping/hl7/delimiters.ts';
import { dataTypes, segments, textTypes } from '../../src/mapping/hl7/segments.ts';
import { type Hl7Part, parseHl7, writeHl7 } from '../../src/mapping/index.ts';

const head = { sendingApplication: { namespaceId: 'MGN' }, messageControlId: 'A-1' };

test('fields are at their positions, without trailing empty ones', () => {
  expect(
    writeHl7({
      MSH: { ...head, messageType: { messageCode: 'RRI', triggerEvent: 'I12' } },
      PID: {
        patientIdentifierList: [{ idNumber: '1', assigningAuthority: { namespaceId: 'HIS' } }, { idNumber: '2' }],
        patientName: [{ familyName: { surname: 'van Voorbeeld' }, givenName: 'Testa' }],
      },
      NTE: [{ comment: ['een', 'twee'] }],
    }),
  ).toBe('MSH|^~\\&|MGN||||||RRI^I12|A-1\rPID|||1^^^HIS~2||van Voorbeeld^Testa\rNTE|||een~twee\r');
});

test.each([
  ['a|b^c~d&e\\f', 'a\\F\\b\\S\\c\\R\\d\\T\\e\\E\\f'],
  ['een\ntwee', 'een\\.br\\twee'],
  ['een\rtwee', 'een\\X0D\\twee'],
  ['eind ', 'eind\\X20\\'],
  ['""', '\\X22\\\\X22\\'],
  ['één', 'één'],
])('delimiters, line ends and trailing spaces are escaped: %j', (comment, written) => {
  expect(writeHl7({ MSH: head, NTE: [{ comment: [comment] }] })).toContain(`NTE|||${written}\r`);
});

test('segments and fields outside the segment table are dropped', () => {
  expect(writeHl7({ MSH: { ...head, nowhere: 'x' }, ZZZ: { own: 'x' } })).toBe('MSH|^~\\&|MGN|||||||A-1\r');
});

/** Any message of the segment table, without empty parts. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
  fc.stringMatching(/^[|^~\\&"XFSRTE\n\r ]{1,6}$/),
);
/** Blanks round a code, a number or a time are not part of it. */
const code = text.map((it) => it.trim()).filter((it) => it !== '');
const codesOfCe = /^(?:identifier|alternateIdentifier|codingSystem|alternateCodingSystem)$/;
const some = (members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Hl7Part> =>
  fc.record(members, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Hl7Part>;
const filled = (members: Record<string, fc.Arbitrary<unknown>>) =>
  some(members).filter((it) => Object.keys(it).length > 0);

function value(type: string): fc.Arbitrary<unknown> {
  const components = dataTypes[type];
  if (!components) return textTypes.has(type) ? text : code;
  return filled(
    Object.fromEntries(
      components.map((it) => {
        const [name = '', inner = 'ST'] = it.split(':');
        return [name, type === 'CE' && codesOfCe.test(name) ? code : value(inner)];
      }),
    ),
  );
}

const field = (type: string): fc.Arbitrary<unknown> =>
  type.endsWith('*') ? fc.array(value(type.slice(0, -1)), { minLength: 1, maxLength: 3 }) : value(type);

const messages = some(
  Object.fromEntries(
    Object.entries(segments).map(([name, { repeats, fields }]) => {
      const segment = some(Object.fromEntries(Object.values(fields).map(([own, type]) => [own, field(type)])));
      return [name, repeats ? fc.array(segment, { minLength: 1, maxLength: 2 }) : segment];
    }),
  ),
).map((message) => ({ MSH: {}, ...message }));

const otherMarks = { field: '*', component: '#', repetition: '!', escaping: '~', subcomponent: '\\' };

test.each([
  ['the usual marks', defaultDelimiters],
  ['other marks', otherMarks],
])('writing and reading returns the same message, with %s', (_, marks) => {
  fc.assert(
    fc.property(messages, (message) => {
      expect(parseHl7(writeHl7(message, marks))).toEqual(message);
    }),
    { numRuns: 60 },
  );
});

test('also as bytes', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const { characterSet: _, ...MSH } = message.MSH as Hl7Part;
      const bytes = new TextEncoder().encode(writeHl7({ ...message, MSH }));
      expect(parseHl7(bytes)).toEqual({ ...message, MSH });
    }),
    { numRuns: 30 },
  );
});

test('blanks round a code, a number and a time are left out, and those round a text stay', () => {
  const read = parseHl7('MSH|^~\\&|X\rOBX|1| NM |P72 ^ tekst ^ICPC ^ Q|| 5 ||| H | || W|||20260101 \rNTE|1| P | a |\r');
  expect(read.OBX).toEqual([
    {
      valueType: 'NM',
      observationIdentifier: { identifier: 'P72', text: ' tekst ', codingSystem: 'ICPC', alternateIdentifier: 'Q' },
      observationValue: [' 5 '],
      abnormalFlags: ['H'],
      observationResultStatus: 'W',
      dateTimeOfTheObservation: '20260101',
      NTE: [{ sourceOfComment: 'P', comment: [' a '] }],
    },
  ]);
});
