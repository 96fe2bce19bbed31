import { expect, test } from 'vitest';
import { locate, locator } from '../../src/fhir/locate.ts';

const json = `{
  "resourceType": "Patient",
  "name": [
    { "given": ["A",
       null, "C"], "_given": [null, {"extension":[{"url":"x","valueCode":"y"}]}, null] }
  ],
  "deceasedBoolean": true,
  "_birthDate": { "id": "b" }
}`;
const xml = `<Patient xmlns="http://hl7.org/fhir">
  <name>
    <given value="A"/>
    <given>
      <extension url="x">
        <valueCode value="y"/></extension></given>
    <given value="C"/>
  </name>
  <birthDate id="b"/>
  <deceasedBoolean value="true"/>
</Patient>`;

test.each([
  ['Patient', [1, 1], [1, 1]],
  ['Patient.name', [3, 3], [2, 3]],
  ['Patient.name[0]', [4, 5], [2, 3]],
  ['Patient.name[0].given[1]', [5, 8], [4, 5]],
  ['Patient.name.given[2]', [5, 14], [7, 5]],
  ["Patient.name[0].given[1].extension('x')", [5, 51], [5, 7]],
  ['Patient.name[0].given[1].extension[0].value', [5, 62], [6, 9]],
  ['Patient.name[0].given[1].extension[0].value.ofType(code)', [5, 62], [6, 9]],
  ['Patient.deceased', [7, 3], [10, 3]],
  ['Patient.deceasedBoolean', [7, 3], [10, 3]],
  ['Patient.birthDate', [8, 3], [9, 3]],
  ['Patient.name[0].family', [4, 5], [2, 3]],
  ['Patient.contact[3].name', [1, 1], [1, 1]],
])('%s', (expression, inJson, inXml) => {
  expect(locate(json, expression)).toEqual({ line: inJson[0], column: inJson[1] });
  expect(locate(xml, expression)).toEqual({ line: inXml[0], column: inXml[1] });
});

test('inside the resources of a Bundle', () => {
  const bundle = `<Bundle xmlns="http://hl7.org/fhir">
  <entry><resource>
    <Patient>
      <id value="a"/></Patient></resource></entry></Bundle>`;
  expect(locate(bundle, 'Bundle.entry[0].resource.id')).toEqual({ line: 4, column: 7 });
});

test('a byte order mark moves nothing but the first column', () => {
  expect(locate(`\ufeff${json}`, 'Patient.name')).toEqual({ line: 3, column: 3 });
});

test('a text that can not be read has no places', () => {
  expect(locate('{', 'Patient')).toBeUndefined();
  expect(locate('', 'Patient')).toBeUndefined();
});

test('a locator reads the text once for all places', () => {
  const at = locator(json);
  expect([at('Patient.name'), at('Patient.deceased')]).toEqual([
    { line: 3, column: 3 },
    { line: 7, column: 3 },
  ]);
});
