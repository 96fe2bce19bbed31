import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Issue } from '../../src/fhir/issue.ts';
import { type Decision, type DirectorySnapshot, type Routes, route } from '../../src/routing/index.ts';
import { caseInput, demoNetwork, demoRoutes } from './demo.ts';

/** The cases beside the rules: facts.yaml tells the story, expected.json is the record of the decision. */
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'mappings/routes/tests');
const cases = readdirSync(folder).map((name) => ({
  name,
  ...(parse(readFileSync(join(folder, name, 'facts.yaml'), 'utf8')) as {
    story: string;
    source: 'gateway-profile' | 'mapped';
    sender: string;
  }),
}));

let routes: Routes;
let directory: DirectorySnapshot;
beforeAll(async () => {
  const network = await demoNetwork();
  directory = network.directory;
  routes = demoRoutes(network);
});

const named = (issues: readonly Issue[]) => issues.map(({ rule, expression }) => `${rule} at ${expression}`);

/** The record without its digests, which change with every comma of the configuration. */
function recordOf(decision: Decision) {
  const { configuration, directory: _, decidedAt, warnings, ...record } = decision;
  return {
    ...record,
    warnings: named(warnings),
    ...('issues' in record ? { issues: named(record.issues) } : {}),
  };
}

describe('mappings/routes/tests', () => {
  test.each(cases)('$name: $story', ({ name, source, sender }) => {
    const graph = caseInput(name);
    const before = JSON.stringify(graph);
    const decision = route(routes, directory, { graph, source, sender, now: new Date('2026-11-22T10:00:00Z') });
    const expected = join(folder, name, 'expected.json');
    if (process.env.UPDATE_EXPECTED) writeFileSync(expected, `${JSON.stringify(recordOf(decision), null, 2)}\n`);
    expect(recordOf(decision)).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
    expect(JSON.stringify(graph), 'the referral itself is left as it was').toBe(before);
    expect(JSON.stringify(decision), 'no personal data in the record').not.toMatch(
      /Proefpersoon|999901102|128[0-9] ?[A-Z]{2}/,
    );
  });

  test('every rule of the file decides in at least one case', () => {
    const decided = new Set(
      cases.map(({ name }) => JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')).rule),
    );
    const rules = [...routes.rules.values()].flatMap((list) => list.map(({ id }) => id));
    expect(rules.filter((id) => !decided.has(id))).toEqual([]);
  });
});
