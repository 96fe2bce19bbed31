import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, parseJsonObject, writeJson } from '../../src/fhir/json.ts';
import { readJsonExactly } from '../../src/fhir/json-reader.ts';
import { refusal } from '../support/fhir/parse-error-of.ts';
import { runs } from '../support/long.ts';

const refused = (text: string) => refusal(() => parseJson(text));

describe('what is no resource is refused, and the refusal says where', () => {
  test.each([
    ['text-empty', ''],
    ['text-empty', ' \n'],
    ['text-empty', '\ufeff'],
    ['json-root-invalid', '[]'],
    ['json-root-invalid', 'null'],
    ['json-root-invalid', '"Patient"'],
    ['resource-type-missing', '{}'],
    ['resource-type-missing', '{"resourceType":""}'],
    ['resource-type-missing', '{"resourceType":["Patient"]}'],
  ])('%s: %j', (rule, text) => {
    expect(refused(text)).toMatchObject({ rule, line: 1, column: 1 });
  });

  test.each([
    ['json-syntax', '{"resourceType":"Patient",}', 1, 27],
    ['json-syntax', '{"resourceType" "Patient"}', 1, 17],
    ['json-syntax', '{"resourceType":"Patient"\n"id":"a"}', 2, 1],
    ['json-syntax', '{"resourceType":"Patient","active":True}', 1, 36],
    ['json-syntax', "{'resourceType':'Patient'}", 1, 2],
    ['json-incomplete', '{"resourceType":"Patient"', 1, 26],
    ['json-incomplete', '{"resourceType":"Pat', 1, 21],
    ['json-incomplete', '{"resourceType":"Patient","active":tr', 1, 36],
    ['json-trailing-content', '{"resourceType":"Patient"} {}', 1, 28],
    ['json-string-invalid', '{"resourceType":"Patient","id":"a\tb"}', 1, 34],
    ['json-string-invalid', '{"resourceType":"Patient","id":"\\x"}', 1, 33],
    ['json-string-invalid', '{"resourceType":"Patient","id":"\\u00g0"}', 1, 33],
    ['json-number-invalid', '{"resourceType":"Patient","a":01}', 1, 31],
    ['json-number-invalid', '{"resourceType":"Patient","a":1.}', 1, 31],
    ['json-number-invalid', '{"resourceType":"Patient","a":+1}', 1, 31],
    ['json-number-invalid', '{"resourceType":"Patient","a":.5}', 1, 31],
  ])('%s: %j', (rule, text, line, column) => {
    expect(refused(text)).toMatchObject({ rule, line, column });
  });
});

describe('what JSON.parse lets pass', () => {
  test('a key that stands twice', () => {
    expect(refused('{"resourceType":"Patient","name":[{"family":"A",\n "family":"B"}]}')).toMatchObject({
      rule: 'json-duplicate-key',
      line: 2,
      column: 2,
      issue: { expression: 'Patient.name[0].family' },
    });
  });

  test('a key that stands twice under different escapes', () => {
    expect(refused('{"resourceType":"Patient","id":"a","\\u0069d":"b"}').rule).toBe('json-duplicate-key');
  });

  test('a key that would change the object it stands in', () => {
    expect(refused('{"resourceType":"Patient","__proto__":{"polluted":true}}').rule).toBe('json-forbidden-key');
    expect(refused('{"resourceType":"Patient","\\u005f_proto__":{}}').rule).toBe('json-forbidden-key');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('names that no element has are not repeated in a diagnostic: they may be personal data', () => {
    const { message } = refused('{"resourceType":"Patient","Jansen, J.":1,"Jansen, J.":2}');
    expect(message).not.toContain('Jansen');
  });
});

describe('nesting', () => {
  const nested = (depth: number): string =>
    `{"resourceType":"Basic","extension":${'[{"extension":'.repeat(depth - 1)}[]${'}]'.repeat(depth - 1)}}`;

  test('64 elements deep is allowed, deeper is not', () => {
    expect(() => parseJson(nested(64))).not.toThrow();
    expect(refused(nested(65)).rule).toBe('nested-too-deep');
  });

  test('the limit can be set', () => {
    expect(refusal(() => parseJson(nested(5), { depth: 4 })).rule).toBe('nested-too-deep');
  });

  test('arrays in arrays count: they would nest without end', () => {
    expect(refused(`{"resourceType":"Basic","x":${'['.repeat(66)}${']'.repeat(66)}}`).rule).toBe('nested-too-deep');
  });
});

describe('numbers keep their digits', () => {
  test.each(['1.00', '1e3', '-0', '0.10', '12345678901234567890', '1E400', '1.5'])('%s', (digits) => {
    const text = `{"resourceType":"Observation","valueQuantity":{"value":${digits}},"x":[${digits},{"y":${digits}}]}`;
    expect(writeJson(parseJson(text))).toBe(text);
  });

  test('a number that was changed since is written as it is now', () => {
    const resource = parseJson('{"resourceType":"X","n":1.00}') as unknown as { n: number };
    resource.n = 2;
    expect(writeJson(resource)).toBe('{"resourceType":"X","n":2}');
  });

  test('also when strings look like numbers and hold quotes', () => {
    const text = '{"resourceType":"X","s":"\\"1.00, \\\\","n":1.00,"t":": 2.0"}';
    expect(writeJson(parseJson(text))).toBe(text);
  });
});

test('a byte order mark before the resource is no part of it', () => {
  expect(parseJson('\ufeff{"resourceType":"Patient"}')).toEqual({ resourceType: 'Patient' });
});

test('any JSON value reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.boolean(), (text, pretty) => {
      const value: unknown = JSON.parse(text);
      const written = pretty ? JSON.stringify(value, undefined, 2) : text;
      if (/"__proto__"/.test(text)) return;
      expect(readJsonExactly(written, 64)).toEqual(value);
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        expect(parseJsonObject(written)).toEqual(value);
    }),
  );
});

test('a broken text is refused by the exact reader if and only if JSON.parse refuses it', () => {
  const broken = fc
    .tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('', '"', '\\', ',', ':', '}', ']', '{', '0', '-', '\n', 'e', '.'),
    )
    .map(
      ([text, at, insert]) =>
        text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + (insert ? 0 : 1)),
    );
  fc.assert(
    fc.property(broken, (text) => {
      let readable = true;
      try {
        JSON.parse(text);
      } catch {
        readable = false;
      }
      const strict = ['json-duplicate-key', 'json-forbidden-key', 'nested-too-deep'];
      const refusedBy = refusal(() => readJsonExactly(text, 64), true)?.rule;
      if (readable) expect([undefined, ...strict]).toContain(refusedBy);
      else expect(refusedBy).toMatch(/^json-/);
    }),
    { numRuns: runs(1000) },
  );
});
