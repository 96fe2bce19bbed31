import { expect, test } from 'vitest';
import { parseJson } from '../../src/fhir/json.ts';
import { locate } from '../../src/fhir/locate.ts';
import { parseReference } from '../../src/fhir/reference.ts';
import { readXml } from '../../src/fhir/xml.ts';
import { withinCpuTime } from '../support/cpu-time.ts';
import { refusal } from '../support/fhir/parse-error-of.ts';

const million = 1_000_000;
const fhir = 'xmlns="http://hl7.org/fhir"';

/** Generous; anything quadratic at these sizes takes minutes. */
const inTime = <T>(run: () => T): T => withinCpuTime(4_000, run);

test.each([
  ['arrays without end', '['.repeat(5 * million)],
  ['objects without end', '{"a":'.repeat(million)],
  ['quotes', '"'.repeat(5 * million)],
  ['backslashes', `{"a":"${'\\'.repeat(5 * million)}`],
  ['junk', 'x'.repeat(5 * million)],
  ['a number without end', `{"resourceType":${'1'.repeat(5 * million)}}`],
  ['one key many times', `{"resourceType":"X"${',"k":1'.repeat(800_000)}}`],
  ['spaces, then nothing', `{${' '.repeat(5 * million)}`],
])('JSON: %s are refused in linear time', (_, text) => {
  inTime(() => refusal(() => parseJson(text)));
});

test('JSON: many keys, long strings of escapes and odd digits are read in linear time', () => {
  const keys = Array.from({ length: 200_000 }, (_, index) => `"k${index}":1.0`).join();
  inTime(() => parseJson(`{"resourceType":"X",${keys},"s":"${'\\"'.repeat(million)}"}`));
});

test.each([
  ['elements without end', `<Basic ${fhir}>${'<extension url="x">'.repeat(200_000)}`],
  ['tags without end', '<'.repeat(5 * million)],
  ['an open comment', `<Basic ${fhir}><!--${'-'.repeat(5 * million)}`],
  [
    'a narrative without end',
    `<Basic ${fhir}><text><div xmlns="http://www.w3.org/1999/xhtml">${'<b>'.repeat(million)}`,
  ],
  [
    'entities of entities',
    `<!DOCTYPE a [${Array.from({ length: 10_000 }, (_, at) => `<!ENTITY e${at} "&e${at - 1};&e${at - 1};">`).join('')}]><Basic ${fhir}/>`,
  ],
  ['white space', ' '.repeat(5 * million)],
])('XML: %s are refused in linear time', (_, text) => {
  inTime(() => refusal(() => readXml(text)));
});

test('XML: many unknown elements, each told with its place, in linear time', () => {
  const { issues } = inTime(() => readXml(`<Basic ${fhir}>${'\n<x/>'.repeat(50_000)}</Basic>`));
  expect(issues).toHaveLength(50_000);
  expect(issues.at(-1)).toMatchObject({ line: 50_001, column: 1 });
});

test('references and expressions of any length are read in linear time', () => {
  inTime(() => {
    for (const text of ['Patient/', 'a/'.repeat(million), `http://${'a/'.repeat(million)}`, `#${'a '.repeat(million)}`])
      parseReference(text);
    locate('{"resourceType":"X"}', `X.a('${' '.repeat(million)}`);
    locate('{"resourceType":"X"}', 'X'.repeat(million));
  });
});
