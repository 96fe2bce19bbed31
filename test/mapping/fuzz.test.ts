import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readInput } from '../../src/cli/map-input.ts';
import { type CompiledMap, compileMap, formatMap, MapError, parseMap } from '../../src/mapping/index.ts';
import { withinCpuTime } from '../support/cpu-time.ts';
import { runs } from '../support/long.ts';

const folder = join(import.meta.dirname, '../../mappings/referral');
const text = readFileSync(join(folder, 'elz-bundle.fml'), 'utf8');
const input = readInput(join(folder, 'tests/typical/input.json'));
const words = [
  'group',
  'where',
  '(',
  ')',
  '{',
  '}',
  '->',
  ';',
  ',',
  "'",
  '"',
  '`',
  '/*',
  '//',
  '///',
  '@',
  '%',
  'then',
  'as',
  '<<',
  '..',
  '\\',
  '\u0000',
  '💥',
];

/** A text with some parts deleted, duplicated or replaced. */
const mutated = (whole: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.record({
        at: fc.nat(whole.length),
        length: fc.nat(40),
        put: fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) =>
      changes.reduce((made, { at, length, put }) => made.slice(0, at) + put + made.slice(at + length), whole),
    );

/** White space in FHIRPath is not significant. */
const blanks = (map: unknown): string => JSON.stringify(map).replace(/(?:\\[nrt]|\s)+/g, ' ');

const withinReason = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    expect(error).toBeInstanceOf(MapError);
    expect((error as MapError).problems.length).toBeGreaterThan(0);
    return undefined;
  }
};

test('a mutated map parses, or throws MapError only', () => {
  fc.assert(
    fc.property(mutated(text), (map) => {
      const parsed = withinReason(() => parseMap(map, 'm.fml'));
      const formatted = parsed && withinReason(() => formatMap({ path: 'm.fml', text: map }));
      if (formatted) expect(blanks(parseMap(String(formatted), 'm.fml'))).toEqual(blanks(parsed));
    }),
    { numRuns: runs(300) },
  );
});

test('a mutated map that compiles terminates, with output or issues', () => {
  fc.assert(
    fc.property(mutated(text), (map) => {
      const compiled = withinReason(() => compileMap([{ path: 'm.fml', text: map }])) as CompiledMap | undefined;
      if (compiled) expect(compiled.run(input, { seed: 'x' })).toHaveProperty('output');
    }),
    { numRuns: runs(40) },
  );
});

test('a mutated StructureMap parses, or throws MapError only', () => {
  const json = JSON.stringify(parseMap(text, 'm.fml'));
  fc.assert(
    fc.property(mutated(json), (map) => {
      withinReason(() => compileMap([{ path: 'm.json', text: map.startsWith('{') ? map : `{${map}` }]));
    }),
    { numRuns: runs(60) },
  );
});

test('any text parses, or throws MapError only', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.constantFrom(...words, 'map', 'uses', 'let', 'source', 'a', '.', '1', ' ', '\n'), fc.string()),
      ),
      (parts) => {
        withinReason(() => parseMap(parts.join(' '), 'm.fml'));
      },
    ),
    { numRuns: runs(300) },
  );
});

/** JSON with some values replaced by any others. */
const disturbed = (value: unknown): fc.Arbitrary<unknown> =>
  fc
    .array(
      fc.record({
        at: fc.nat(400),
        put: fc.oneof(
          fc.constantFrom(null, true, 7, 'x', [], {}, [[]], [null], { resourceType: 'Task' }, { extension: [{}] }),
          fc.jsonValue({ maxDepth: 2 }),
        ),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((changes) => {
      const copy = structuredClone(value);
      for (const { at, put } of changes) {
        let count = 0;
        const visit = (holder: Record<string, unknown>): boolean =>
          Object.keys(holder).some((key) => {
            if (count++ === at) {
              holder[key] = structuredClone(put);
              return true;
            }
            const member = holder[key];
            return typeof member === 'object' && member !== null && visit(member as Record<string, unknown>);
          });
        visit(copy as Record<string, unknown>);
      }
      return copy;
    });

test('a message of any shape runs without an exception, is not changed, and gives the same output with and without trace', () => {
  const map = compileMap([{ path: 'm.fml', text }]);
  fc.assert(
    fc.property(disturbed(input), (message) => {
      const before = JSON.stringify(message);
      const lean = map.run(message, { seed: 'x' });
      expect(JSON.stringify(message)).toBe(before);
      expect(JSON.stringify(map.run(message, { seed: 'x', trace: true }).output)).toBe(JSON.stringify(lean.output));
    }),
    { numRuns: runs(400) },
  );
});

const many = (count: number, of: (at: number) => object): object[] => Array.from({ length: count }, (_, at) => of(at));
const bundle = (...resources: object[]): object => ({
  resourceType: 'Bundle',
  entry: resources.map((resource) => ({ resource })),
});
const reasonSection = { code: { coding: [{ system: 'http://snomed.info/sct', code: '440378000' }] } };

test.each([
  [
    'persons and Tasks, each to be held against each',
    bundle(
      ...many(4000, () => ({ resourceType: 'Patient' })),
      ...many(4000, () => ({ resourceType: 'Task', for: {} })),
    ),
  ],
  [
    'reasons, each to be looked for among all',
    bundle(
      { resourceType: 'ServiceRequest', reasonReference: many(20_000, (at) => ({ reference: `Condition/a${at}` })) },
      {
        resourceType: 'Composition',
        section: [{ ...reasonSection, entry: many(20_000, (at) => ({ reference: `Condition/b${at}` })) }],
      },
    ),
  ],
  [
    'findings',
    bundle(...many(2000, () => ({ resourceType: 'ServiceRequest', status: 'completed' })), {
      resourceType: 'Task',
      status: 'requested',
    }),
  ],
])('a message with too many %s ends with an error', (_what, message) => {
  const map = compileMap([{ path: 'm.fml', text }]);
  const { issues } = withinCpuTime(5_000, () => map.run(message, { seed: 'x' }));
  expect(issues?.at(-1)).toMatchObject({ rule: 'map-output-too-large', severity: 'error' });
});
