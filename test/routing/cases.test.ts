import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { inputOf, type RouteCaseResult, routeCasesOf, runRouteCase, unusedRules } from '../../src/cli/route-cases.ts';
import type { Network } from '../../src/directory/index.ts';
import { type Routes, route } from '../../src/routing/index.ts';
import { demoNetwork, demoRoutes } from '../support/routing/demo-network.ts';

/** The cases beside the rules: facts.yaml tells the story, expected.json is the record of the decision. */
const cases = routeCasesOf(join(import.meta.dirname, '../../mappings/routes.yaml'));

let network: Network;
let routes: Routes;
beforeAll(async () => {
  network = await demoNetwork();
  routes = demoRoutes(network);
});

describe('mappings/routes/tests', () => {
  const results: RouteCaseResult[] = [];

  test.each(cases)('$name: $story', (it) => {
    const result = runRouteCase(routes, network, it);
    results.push(result);
    expect(result.differences).toEqual([]);
    expect(JSON.stringify(result.decision), 'no personal data in the record').not.toMatch(
      /Proefpersoon|999901102|128[0-9] ?[A-Z]{2}/,
    );
  });

  test('every rule of the file decides in at least one case', () => {
    expect(unusedRules(routes, results)).toEqual([]);
  });

  test('the referral itself is left as it was', () => {
    const graph = inputOf(cases[0]!);
    const before = JSON.stringify(graph);
    route(routes, network.directory, { graph, source: 'gateway-profile', now: new Date(0) });
    expect(JSON.stringify(graph)).toBe(before);
  });
});
