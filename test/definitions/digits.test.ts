import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDefinitions } from '../../src/definitions/registry.ts';
import { parseJson, writeJson } from '../../src/fhir/json.ts';
import { openValidator } from '../../src/validation/index.ts';
import { mgn } from '../support/cli/mgn.ts';
import { errors } from '../support/validation/validate.ts';
import { tgz } from './tgz.ts';

/** Two decimals that are one double. */
const [one, other] = ['12345678901234567.1', '12345678901234567.2'];

const folder = (): string => mkdtempSync(join(tmpdir(), 'mgn-digits-'));
const url = 'https://mgn.example/fhir/StructureDefinition/digits';

/** A profile of Observation in JSON, as a publisher writes it; `constraint` is JSON of a part of an element. */
const profile = (
  path: string,
  constraint: string,
  base = 'http://hl7.org/fhir/StructureDefinition/Observation',
  its = url,
) =>
  `{"resourceType":"StructureDefinition","url":"${its}","name":"Digits","status":"draft","kind":"resource","abstract":false,
    "type":"Observation","derivation":"constraint","baseDefinition":"${base}","differential":{"element":[
      {"id":"Observation.value[x]","path":"Observation.value[x]","type":[{"code":"Quantity"}]},
      {"id":"${path}","path":"${path}",${constraint}}]}}`;

const observation = (value: string) =>
  parseJson(`{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":${value}}}`);

/** How a package comes to the validator. */
const packages = {
  'a folder': (files: Readonly<Record<string, string>>): string => {
    const path = folder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  },
  'an archive, read twice': (files: Readonly<Record<string, string>>): string => {
    const path = join(folder(), 'digits.tgz');
    writeFileSync(
      path,
      tgz(Object.fromEntries(Object.entries(files).map(([name, text]) => [`package/${name}`, text]))),
    );
    openDefinitions({ packages: [path] });
    return path;
  },
};

const manifest = '{"name":"digits","version":"1.0.0"}';
const value = 'Observation.value[x].value';
const quantity = 'Observation.value[x]';

const constraints: readonly (readonly [path: string, constraint: string])[] = [
  [value, `"fixedDecimal":${one}`],
  [value, `"patternDecimal":${one}`],
  [value, `"minValueDecimal":${one},"maxValueDecimal":${one}`],
  [quantity, `"fixedQuantity":{"value":${one}}`],
  [quantity, `"patternQuantity":{"value":${one}}`],
  [quantity, `"minValueQuantity":{"value":${one}},"maxValueQuantity":{"value":${one}}`],
  ['Observation', `"constraint":[{"key":"d-1","severity":"error","human":"x","expression":"value.value = ${one}"}]`],
];

describe.each(Object.entries(packages))('a definition in %s retains decimals beyond a double', (_, packageOf) => {
  test.each(constraints)('%s %s', async (path, constraint) => {
    const validator = await openValidator({
      packages: [packageOf({ 'package.json': manifest, 'StructureDefinition-digits.json': profile(path, constraint) })],
    });
    const found = (it: string) => errors(validator.validate(observation(it), { profiles: [url] }));
    expect(found(one)).toEqual([]);
    expect(found(other)).toHaveLength(1);
  });

  test('also in a profile that is derived from it, and that changes only the digits that a double does not hold', async () => {
    const derived = `${url}-derived`;
    const validator = await openValidator({
      packages: [
        packageOf({
          'package.json': manifest,
          'a.json': profile(value, `"minValueDecimal":${one}`),
          'b.json': profile(value, `"minValueDecimal":${other}`, url, derived),
          'c.json': profile('Observation.status', '"min":1', url, `${url}-plain`),
        }),
      ],
    });
    const found = (it: string, its: string) => errors(validator.validate(observation(it), { profiles: [its] }));
    expect(found(one, derived)).toHaveLength(1);
    expect(found(other, derived)).toEqual([]);
    expect(found(one, `${url}-plain`)).toEqual([]);
    expect(found('12345678901234567.0', `${url}-plain`)).toHaveLength(1);
  });

  test('also in slices, their discriminators and the slices that inherit', async () => {
    const slice = (name: string, it: string) =>
      `{"id":"Observation.component:${name}","path":"Observation.component","sliceName":"${name}","max":"1"},
       {"id":"Observation.component:${name}.value[x]","path":"Observation.component.value[x]","type":[{"code":"Quantity"}]},
       {"id":"Observation.component:${name}.value[x].value","path":"Observation.component.value[x].value","min":1,"fixedDecimal":${it}}`;
    const text = `{"resourceType":"StructureDefinition","url":"${url}","name":"Digits","status":"draft","kind":"resource",
      "abstract":false,"type":"Observation","derivation":"constraint",
      "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","differential":{"element":[
      {"id":"Observation.component","path":"Observation.component","slicing":{"rules":"closed","discriminator":[{"type":"value","path":"value.value"}]}},
      ${slice('a', one)},${slice('b', other)}]}}`;
    const validator = await openValidator({ packages: [packageOf({ 'package.json': manifest, 'a.json': text })] });
    const found = (...values: string[]) =>
      errors(
        validator.validate(
          parseJson(
            `{"resourceType":"Observation","status":"final","code":{"text":"x"},"component":[${values
              .map((it) => `{"code":{"text":"x"},"valueQuantity":{"value":${it}}}`)
              .join()}]}`,
          ),
          { profiles: [url] },
        ),
      );
    expect(found(one, other)).toEqual([]);
    expect(found(one, one)).toHaveLength(1);
    expect(found('12345678901234567.3')).toHaveLength(1);
  });

  test.each([
    [
      'a pattern of the ancestor of the discriminating element',
      (it: string) =>
        `{"id":"Observation.component:a.value[x]","path":"Observation.component.value[x]","type":[{"code":"Quantity"}],"patternQuantity":{"value":${it}}}`,
    ],
  ])('also in %s', async (_, sliced) => {
    const text = `{"resourceType":"StructureDefinition","url":"${url}","name":"Digits","status":"draft","kind":"resource",
      "abstract":false,"type":"Observation","derivation":"constraint",
      "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","differential":{"element":[
      {"id":"Observation.component","path":"Observation.component","slicing":{"rules":"closed","discriminator":[{"type":"value","path":"value.value"}]}},
      {"id":"Observation.component:a","path":"Observation.component","sliceName":"a"},${sliced(one)}]}}`;
    const validator = await openValidator({ packages: [packageOf({ 'package.json': manifest, 'a.json': text })] });
    const found = (it: string) =>
      errors(
        validator.validate(
          parseJson(
            `{"resourceType":"Observation","status":"final","code":{"text":"x"},"component":[{"code":{"text":"x"},"valueQuantity":{"value":${it}}}]}`,
          ),
          { profiles: [url] },
        ),
      );
    expect(found(one)).toEqual([]);
    expect(found(other)).toHaveLength(1);
  });

  test('also on a choice that is sliced by its own value', async () => {
    const text = `{"resourceType":"StructureDefinition","url":"${url}","name":"Digits","status":"draft","kind":"complex-type",
      "abstract":false,"type":"Extension","derivation":"constraint","context":[{"type":"element","expression":"Element"}],
      "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Extension","differential":{"element":[
      {"id":"Extension.url","path":"Extension.url","fixedUri":"${url}"},
      {"id":"Extension.value[x]","path":"Extension.value[x]","slicing":{"rules":"closed","discriminator":[{"type":"value","path":"$this"}]}},
      {"id":"Extension.value[x]:a","path":"Extension.value[x]","sliceName":"a","type":[{"code":"decimal"}],"fixedDecimal":${one}}]}}`;
    const validator = await openValidator({ packages: [packageOf({ 'package.json': manifest, 'a.json': text })] });
    const found = (it: string) =>
      errors(
        validator.validate(
          parseJson(`{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"${url}","valueDecimal":${it}}]}`),
        ),
      );
    expect(found(one)).toEqual([]);
    expect(found(other)).toHaveLength(1);
  });

  const item = (more: string) =>
    `{"resourceType":"Questionnaire","url":"urn:mgn:q","status":"active","item":[{"linkId":"1","type":"quantity"},
      {"linkId":"2","type":"decimal"},${more}]}`;
  const extension = (name: string, type: string, it: string) =>
    `{"url":"http://hl7.org/fhir/StructureDefinition/${name}","value${type}":${it}}`;
  const enabled = (condition: string) => item(`{"linkId":"3","type":"string","enableWhen":[{${condition}}]}`);
  const answered = (type: string, it: string) =>
    `{"linkId":"${type === 'Quantity' ? 1 : 2}","answer":[{"value${type}":${it}}]}`;

  test.each([
    [
      item(
        `{"linkId":"3","type":"decimal","extension":[${extension('minValue', 'Decimal', one)},${extension('maxValue', 'Decimal', one)}]}`,
      ),
      (it: string) => `{"linkId":"3","answer":[{"valueDecimal":${it}}]}`,
    ],
    [
      enabled(`"question":"2","operator":"=","answerDecimal":${one}`),
      (it: string) => `${answered('Decimal', it)},{"linkId":"3","answer":[{"valueString":"x"}]}`,
    ],
    [
      enabled(`"question":"2","operator":"<=","answerDecimal":${one}`),
      (it: string) => `${answered('Decimal', it)},{"linkId":"3","answer":[{"valueString":"x"}]}`,
    ],
    [
      enabled(`"question":"1","operator":"=","answerQuantity":{"value":${one}}`),
      (it: string) => `${answered('Quantity', `{"value":${it}}`)},{"linkId":"3","answer":[{"valueString":"x"}]}`,
    ],
  ])('a Questionnaire: %s', async (questionnaire, items) => {
    const validator = await openValidator({
      packages: [packageOf({ 'package.json': manifest, 'q.json': questionnaire })],
    });
    const found = (it: string) =>
      errors(
        validator.validate(
          parseJson(
            `{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"urn:mgn:q","item":[${items(it)}]}`,
          ),
        ),
      );
    expect(found(one)).toEqual([]);
    expect(found(other)).toHaveLength(1);
  });

  test('as it is read and written again', () => {
    const text = `{"resourceType":"Measure","url":"urn:mgn:m","status":"draft","extension":[{"url":"urn:x","valueDecimal":${one}},{"url":"urn:y","valueDecimal":1.00},{"url":"urn:z","valueDecimal":1e2}]}`;
    const definitions = openDefinitions({ packages: [packageOf({ 'package.json': manifest, 'm.json': text })] });
    expect(writeJson(definitions.find('Measure', 'urn:mgn:m'))).toBe(text);
  });
});

test('definitions that differ only in such a digit have another digest', () => {
  const digest = (it: string) =>
    openDefinitions({ definitions: [parseJson(profile(value, `"fixedDecimal":${it}`))] }).digest;
  expect(digest(one)).not.toBe(digest(other));
});

test('a number in a text, a second key and a number without loss do not change what is read', () => {
  const path = folder();
  writeFileSync(
    join(path, 'a.json'),
    '{"resourceType":"Measure","url":"urn:mgn:m","name":"\\": 1.50","name":"x","a":1.5,"b" :\n 2.50}',
  );
  const found = openDefinitions({ packages: [path] }).find('Measure', 'urn:mgn:m');
  expect(found).toEqual({ resourceType: 'Measure', url: 'urn:mgn:m', name: 'x', a: 1.5, b: 2.5 });
  expect(writeJson(found)).toContain('"b":2.50');
});

test('mgn validate --package', async () => {
  const path = folder();
  mkdirSync(join(path, 'package'));
  writeFileSync(join(path, 'package/package.json'), manifest);
  writeFileSync(join(path, 'package/a.json'), profile(value, `"fixedDecimal":${one}`));
  for (const it of [one, other]) writeFileSync(join(path, `${it}.json`), writeJson(observation(it)));
  const verdictOf = async (it: string) =>
    (await mgn(['validate', '--package', path, '--profile', url, join(path, `${it}.json`)])).out.split(' ')[0];
  expect([await verdictOf(one), await verdictOf(other)]).toEqual(['valid', 'invalid']);
});
