import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyJsonPatch } from '../../src/exchange/move/patch/json-patch.ts';
import { parsePatch } from '../../src/exchange/move/patch/parse-json-patch.ts';
import { parseJson, writeJson } from '../../src/fhir/json.ts';
import { defaultLimits } from '../../src/fhir/parse-error.ts';
import { withinCpuTime } from '../support/cpu-time.ts';

const patched = (document: object, operations: readonly object[]): unknown => {
  const patch = parsePatch(JSON.stringify(operations), defaultLimits);
  if (!patch.ok) return patch.issues[0]?.rule;
  const made = applyJsonPatch(document, patch.value);
  return made.ok ? made.value : made.issues[0]?.rule;
};

describe('JSON Patch as RFC 6902 has it', () => {
  test.each<[string, object, object[], unknown]>([
    ['add a member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['add replaces a member', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['add into an array', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    ['add at the end', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['add at the end by number', { a: [1] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2] }],
    [
      'remove',
      { a: [1, 2], b: 1 },
      [
        { op: 'remove', path: '/a/0' },
        { op: 'remove', path: '/b' },
      ],
      { a: [2] },
    ],
    ['replace', { a: [1, 2] }, [{ op: 'replace', path: '/a/1', value: { x: 1 } }], { a: [1, { x: 1 }] }],
    ['replace the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 1 } }], { b: 1 }],
    ['move', { a: { b: 1 }, c: [] }, [{ op: 'move', from: '/a/b', path: '/c/0' }], { a: {}, c: [1] }],
    ['move within an array', { a: [1, 2, 3] }, [{ op: 'move', from: '/a/0', path: '/a/2' }], { a: [2, 3, 1] }],
    ['copy', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    ['names with / and ~', { 'a/b~': 1 }, [{ op: 'replace', path: '/a~1b~0', value: 2 }], { 'a/b~': 2 }],
    [
      'test whatever the order',
      { a: { x: 1, y: [2] } },
      [{ op: 'test', path: '/a', value: { y: [2], x: 1 } }],
      { a: { x: 1, y: [2] } },
    ],
    ['a test that fails', { a: '1' }, [{ op: 'test', path: '/a', value: 1 }], 'patch-failed'],
    ['nothing to remove', { a: 1 }, [{ op: 'remove', path: '/b' }], 'patch-failed'],
    ['nothing to replace', { a: [1] }, [{ op: 'replace', path: '/a/1', value: 1 }], 'patch-failed'],
    ['an index with a zero before it', { a: [1, 2] }, [{ op: 'replace', path: '/a/01', value: 1 }], 'patch-failed'],
    ['an index beyond the end', { a: [] }, [{ op: 'add', path: '/a/1', value: 1 }], 'patch-failed'],
    ['a member of an array', { a: [] }, [{ op: 'replace', path: '/a/length', value: 1 }], 'patch-failed'],
    ['into a text', { a: 'x' }, [{ op: 'add', path: '/a/b', value: 1 }], 'patch-failed'],
    ['a move into itself', { a: { b: 1 } }, [{ op: 'move', from: '/a', path: '/a/c' }], 'patch-failed'],
    ['no value', {}, [{ op: 'add', path: '/a' }], 'patch-malformed'],
    ['no from', {}, [{ op: 'copy', path: '/a' }], 'patch-malformed'],
    ['a path without a slash', {}, [{ op: 'remove', path: 'a' }], 'patch-malformed'],
    ['a wrong escape', {}, [{ op: 'remove', path: '/~2' }], 'patch-malformed'],
    ['an operation that there is not', {}, [{ op: 'set', path: '/a', value: 1 }], 'patch-malformed'],
  ])('%s', (_, document, operations, expected) => {
    expect(patched(document, operations)).toEqual(expected);
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s is no way out of the document', (name) => {
    expect(patched({}, [{ op: 'copy', from: `/${name}`, path: '/a' }])).toBe('patch-failed');
    expect(patched({}, [{ op: 'add', path: `/${name}/x`, value: 1 }])).toBe('patch-failed');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('numbers keep their digits', () => {
    const patch = parsePatch(
      '[{"op":"add","path":"/b","value":1.50},{"op":"copy","from":"/a","path":"/c"}]',
      defaultLimits,
    );
    const document = parseJson('{"resourceType":"Basic","a":{"x":2.00}}');
    const made = patch.ok && applyJsonPatch(document, patch.value);
    expect(made && (made.ok ? writeJson(made.value) : made.issues)).toBe(
      '{"resourceType":"Basic","a":{"x":2.00},"b":1.50,"c":{"x":2.00}}',
    );
  });

  test('the document stays as it was, and a patch fits whole or not at all', () => {
    const operation = fc.oneof(
      fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path: pointer, value: fc.jsonValue({ maxDepth: 2 }) }),
      fc.record({ op: fc.constant('remove'), path: pointer }),
      fc.record({ op: fc.constantFrom('copy', 'move'), from: pointer, path: pointer }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 8 }), (operations) => {
        const document = { a: [{ b: 1 }, 'x'], b: { a: { a: 'y' } } };
        const before = JSON.stringify(document);
        const made = patched(document, operations);
        expect(JSON.stringify(document)).toBe(before);
        if (typeof made !== 'string') expect(() => JSON.stringify(made)).not.toThrow();
      }),
    );
  });
});

const pointer = fc
  .array(fc.constantFrom('a', 'b', '0', '1', '-', '__proto__'), { maxLength: 4 })
  .map((keys) => keys.map((it) => `/${it}`).join(''));

describe('a patch that is out to do harm', () => {
  test.each<[string, string, string]>([
    ['a duplicate key', '[{"op":"remove","path":"/a","path":"/b"}]', 'json-duplicate-key'],
    [
      'nesting over the limit',
      `[{"op":"add","path":"/a","value":${'['.repeat(5000)}${']'.repeat(5000)}}]`,
      'nested-too-deep',
    ],
    ['too many operations', JSON.stringify(Array(101).fill({ op: 'remove', path: '/a' })), 'patch-too-long'],
    ['too many values', JSON.stringify([{ op: 'add', path: '/a', value: Array(60_000).fill(1) }]), 'patch-too-long'],
  ])('%s is refused as it is read', (_, text, rule) => {
    const patch = parsePatch(text, defaultLimits);
    expect(patch.ok ? 'taken' : patch.issues[0]?.rule).toBe(rule);
  });

  test('copies can not fill the memory', () => {
    const copies = Array.from({ length: 90 }, (_, n) => ({ op: 'copy', from: '/a', path: `/a/${n}` }));
    expect(patched({ a: {} }, copies)).toBe('patch-failed');
  });

  test('moves and copies can not nest without end', () => {
    const path = `/x${'/x'.repeat(20)}`;
    expect(patched({ x: {} }, [{ op: 'add', path, value: 1 }])).toBe('patch-failed');
  });

  test('comparing large arrays takes no time', () => {
    const many = (letter: string) => Array.from({ length: 20_000 }, (_, n) => `${letter}${n}`);
    const [document, patch] = [{ a: many('a') }, [{ op: 'test', path: '/a', value: many('b') }]];
    expect(withinCpuTime(1_000, () => patched(document, patch))).toBe('patch-failed');
  });
});
