import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/fhir/json.ts';
import { compileTest } from '../../src/fhirpath/index.ts';
import { ownShortcuts } from '../../src/validation/compile/own-shortcuts.ts';
import { mutateJson } from '../fuzz/mutate.ts';
import { random } from '../support/random.ts';

const root = join(import.meta.dirname, '../..');
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.json'))
    .map((it) => readFileSync(join(root, folder, it), 'utf8'));

type Elements = Record<string, unknown>;

test('each is of a rule that the profiles have', () => {
  const profiles = filesIn('profiles').join('\n');
  for (const expression of ownShortcuts.keys()) expect(profiles).toContain(JSON.stringify(expression));
});

/** Every object in it: a rule may meet any. */
const objectsIn = (value: unknown): Elements[] =>
  typeof value !== 'object' || value === null
    ? []
    : [...(Array.isArray(value) ? [] : [value as Elements]), ...Object.values(value).flatMap(objectsIn)];

const conditions = [...ownShortcuts].map(([expression, passes]) => ({
  expression,
  passes,
  test: compileTest(expression),
}));

test('what one passes the rule holds for, of examples with all that a sender may do wrong', () => {
  const chance = random(20261130);
  const bundles = filesIn('examples/messages').flatMap((text) => {
    try {
      const it = JSON.parse(text);
      return it?.resourceType === 'Bundle' ? [it as Elements] : [];
    } catch {
      return [];
    }
  });
  expect(bundles.length).toBeGreaterThan(50);
  const passed = new Map<string, number>();
  for (const bundle of bundles)
    for (let round = 0; round < 40; round++) {
      const text = JSON.stringify(round === 0 ? bundle : mutateJson(bundle, chance));
      if (!text?.startsWith('{"resourceType"')) continue;
      const value = parsed(text);
      if (!value) continue;
      for (const { expression, passes, test: holds } of conditions)
        for (const it of expression.startsWith('entry') ? [value] : objectsIn(value)) {
          if (!passes(it)) continue;
          passed.set(expression, (passed.get(expression) ?? 0) + 1);
          expect(holds(it, { resource: value, rootResource: value }), expression).toBe(true);
        }
    }
  for (const { expression } of conditions) expect(passed.get(expression), expression).toBeGreaterThan(500);
});

function parsed(text: string): Elements | undefined {
  try {
    return parseJson(text) as unknown as Elements;
  } catch {
    return undefined;
  }
}

test.each([
  ['value', { value: '999900006' }, true],
  ['value', { value: '999900007' }, false],
  ['value', { value: ['999900006'] }, false],
  ['focus', { entry: [order('o'), task({ reference: 'ServiceRequest/o' })] }, true],
  ['focus', { entry: [order('o'), task({ reference: 'ServiceRequest/p' })] }, false],
  ['focus', { entry: [order('o'), task({ reference: 5 })] }, false],
  ['focus', { entry: [order(5), task({ reference: 'ServiceRequest/5' })] }, false],
  ['focus', { entry: [order('o'), task([{ reference: 'ServiceRequest/o' }])] }, false],
  ['focus', { entry: [order('o'), null] }, false],
])('%s of %j passes at once: %s', (word, value, expected) => {
  const passes = [...ownShortcuts].find(([it]) => it.includes(word))![1];
  expect(passes(value as never)).toBe(expected);
});

function order(id: unknown) {
  return { resource: { resourceType: 'ServiceRequest', id } };
}

function task(focus: unknown) {
  return { resource: { resourceType: 'Task', focus } };
}
