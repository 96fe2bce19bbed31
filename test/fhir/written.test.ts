import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { parseJson, writeJson } from '../../src/fhir/json.ts';
import { referencedBy, referencesIn } from '../../src/fhir/reference.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { writtenBefore, writtenBundle, writtenOnce } from '../../src/fhir/written.ts';

const folder = join(import.meta.dirname, '../../examples');
const examples: Resource[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((it) => it.endsWith('.json'))
  .flatMap((it) => {
    try {
      return [parseJson(readFileSync(join(folder, it), 'utf8'))];
    } catch {
      return [];
    }
  });

describe('a text that is made once is that of writeJson', () => {
  test('of every example, the first time and again', () => {
    expect(examples.length).toBeGreaterThan(100);
    for (const it of examples) {
      const text = writeJson(it);
      expect([writtenOnce(it), writtenOnce(it), writtenBundle(it), writtenBundle(it)]).toEqual([
        text,
        text,
        text,
        text,
      ]);
    }
  });

  test.each([
    '{"resourceType":"Bundle","total":1.50,"entry":[{"search":{"score":0.10},"resource":{"resourceType":"Basic","x":1.0}}]}',
    '{"resourceType":"Bundle","entry":[null,{},{"resource":null},{"resource":[1.0]},"x",2]}',
    '{"resourceType":"Bundle","entry":{"resource":{"resourceType":"Basic"}}}',
    '{"entry":[],"resourceType":"Bundle","_é\\"":"\\u0007 \\ud800"}',
  ])('%s', (text) => {
    const bundle = parseJson(text);
    expect(writtenBundle(bundle)).toBe(writeJson(bundle));
  });

  test('it is found again, and is not retained of what was not written by it', () => {
    const [one, other] = [
      { resourceType: 'Basic', id: 'a' },
      { resourceType: 'Basic', id: 'a' },
    ];
    const text = writtenOnce(one);
    expect([writtenBefore(one), writtenBefore(other)]).toEqual([text, text]);
    other.id = 'b';
    expect([writtenBefore(one), writtenBefore(other)]).toEqual([text, writeJson(other)]);
  });

  test('what is undefined is left out', () => {
    const bundle = {
      resourceType: 'Bundle',
      meta: undefined,
      entry: [{ fullUrl: undefined, resource: undefined }, undefined],
    };
    expect(writtenBundle(bundle)).toBe(writeJson(bundle));
  });
});

test('the references of a resource are those of the search, each once', () => {
  for (const it of examples) {
    const found = referencesIn(it).flatMap(({ text }) => text ?? []);
    expect(referencedBy(it)).toEqual([...new Set(found)]);
    expect(referencedBy(it)).toBe(referencedBy(it));
  }
});

test('an address of any form is found where the element may have one', () => {
  const attachment = (url: string) =>
    ({ resourceType: 'DocumentReference', content: [{ attachment: { url } }] }) as never;
  const uuid = 'urn:uuid:7f0c1b62-7c3d-4f0e-9d0c-2f4f5a1f9e11';
  for (const url of ['Binary/1', 'https://x.example/fhir/Binary/1', uuid, 'urn:oid:1.2.3'])
    expect(referencesIn(attachment(url)).map(({ text }) => text)).toEqual([url]);
  for (const url of ['letter.pdf', 'https://x.example/letter', '', 'under'])
    expect(referencesIn(attachment(url))).toEqual([]);
  const canonical = { resourceType: 'QuestionnaireResponse', questionnaire: uuid } as never;
  expect(referencesIn(canonical).map(({ text }) => text)).toEqual([uuid]);
});

test('canonical JSON has its names in the order of sort()', () => {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, sorted((value as Record<string, unknown>)[key])]),
          )
        : value;
  const names = ['b', 'a', 'B', '_a', 'aa', 'é', 'z', '\uff5e', '\ud83d\ude00', 'a1', 'a10', 'a2'];
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`n${(at * 7) % 30}`, at]));
  for (const it of [Object.fromEntries(names.map((name, at) => [name, at])), many, ...examples])
    expect(canonicalJson(it, (text) => text)).toBe(JSON.stringify(sorted(it)));
});
