import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { lookAt, mayHold } from '../../src/exchange/maps/first-look.ts';
import type { Form } from '../../src/exchange/maps/forms.ts';
import { parse } from '../../src/exchange/reading/parse.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';

const folder = join(import.meta.dirname, '../../examples/messages');
let forms: readonly Form[];
const messages: Resource[] = [];

beforeAll(async () => {
  ({ forms } = await demoConfiguration());
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(json|xml)$/.test(name)) continue;
    const type = name.endsWith('.xml') ? 'application/fhir+xml' : 'application/fhir+json';
    const read = parse(type, readFileSync(join(folder, name)));
    if (read.ok) messages.push(read.value.resource, ...variants(read.value.resource));
  }
});

/** The message without each of its entries, with each alone, without profiles, and with the profile of its entries. */
function variants(resource: Resource): Resource[] {
  const { entry = [], meta } = resource as Resource & { entry?: { resource?: Resource }[]; meta?: object };
  const changed = (elements: object): Resource => ({ ...resource, ...elements }) as Resource;
  return [
    changed({ meta: undefined }),
    ...entry.map((it) => changed({ meta: (it.resource as { meta?: object } | undefined)?.meta ?? meta })),
    ...entry.map((_, index) => changed({ entry: entry.toSpliced(index, 1) })),
    ...entry.map((it) => changed({ entry: [it] })),
    changed({ entry: undefined }),
  ];
}

test('no form that recognises a message is ruled out at first look, and most of the others are', () => {
  let [recognised, ruledOut, others] = [0, 0, 0];
  for (const message of messages) {
    const look = lookAt(message);
    for (const form of forms) {
      if (form.reads !== 'fhir') continue;
      const may = form.mayRecognise(look);
      if (form.recognises(message)) {
        expect(may, form.id).toBe(true);
        recognised += 1;
      } else {
        others += 1;
        if (!may) ruledOut += 1;
      }
    }
  }
  expect(recognised).toBeGreaterThan(100);
  expect(ruledOut / others).toBeGreaterThan(0.6);
});

describe('a condition', () => {
  const look = lookAt({
    resourceType: 'Bundle',
    meta: { profile: ['https://x.example/a|1'] },
    entry: [{ resource: { resourceType: 'Task' } }],
  } as never);

  test.each([
    ['$this is Bundle', true],
    ['$this is Task', false],
    ['$this is Resource', true],
    ['$this is Bundle and entry.resource.ofType(Task).exists()', true],
    ['$this is Bundle and entry.resource.ofType(Patient).exists()', false],
    ["entry.resource.ofType(Patient).code.coding.exists(code = 'x')", false],
    ['entry.resource.ofType(Patient).exists() or entry.resource.ofType(Task).exists()', true],
    ['entry.resource.ofType(Patient).empty()', true],
    ['entry.resource.ofType(Patient).exists().not()', true],
    ['entry.resource.ofType(DomainResource).exists()', true],
    ['entry.resource.first().ofType(Patient).exists()', true],
    ["meta.profile.exists($this.startsWith(%mgn + '/a'))", true],
    ["meta.profile.exists($this.startsWith(%mgn + '/b'))", false],
    ["meta.profile.exists($this = %mgn + '/b')", false],
    ["meta.profile.exists($this = 'https://x.example/a|1')", true],
    ["meta.profile.exists($this.startsWith(%other + '/b'))", true],
    ["meta.profile.exists($this.endsWith('/b'))", true],
    ['meta.profile.exists()', true],
    ['meta.profile.exists().not() xor $this is Task', true],
    ["iif($this is Task, true, meta.profile.exists($this = 'b'))", true],
  ])('%s may hold: %s', (condition, expected) => {
    expect(mayHold(condition, { mgn: 'https://x.example' })(look)).toBe(expected);
  });
});
