import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { parse } from 'yaml';
import type { Network } from '../directory/index.ts';
import type { Issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { type Decision, type Routes, route } from '../routing/index.ts';

/** A test case of the rules: a folder with a referral, its sender, and the expected decision record. */
export type RouteCase = {
  readonly name: string;
  readonly folder: string;
  readonly story: string;
  readonly source: 'gateway-profile' | 'mapped';
  readonly sender?: string;
  /** The moment of the decision; the same default for all cases. */
  readonly now?: string;
};

export type RouteCaseResult = {
  readonly name: string;
  readonly decision: Decision;
  /** The differences from the expected record; empty when there are none. */
  readonly differences: readonly string[];
};

/** The cases next to a rules file: `routes/tests/<case>/{facts.yaml,input.json,expected.json}`. */
export function routeCasesOf(routesFile: string): RouteCase[] {
  const tests = join(dirname(routesFile), 'routes/tests');
  if (!existsSync(tests)) return [];
  return readdirSync(tests)
    .sort()
    .map((name) => {
      const folder = join(tests, name);
      return { ...parse(readFileSync(join(folder, 'facts.yaml'), 'utf8')), name, folder } as RouteCase;
    });
}

export const inputOf = ({ folder }: RouteCase): Bundle =>
  parseJson(readFileSync(join(folder, 'input.json'), 'utf8')) as Bundle;

/** Runs one case. With `update` the resulting record becomes the expected one. */
export function runRouteCase(
  routes: Routes,
  { directory }: Network,
  it: RouteCase,
  { update = false }: { readonly update?: boolean } = {},
): RouteCaseResult {
  const now = new Date(it.now ?? '2026-11-22T10:00:00Z');
  const { source, sender } = it;
  const decision = route(routes, directory, { graph: inputOf(it), source, ...(sender ? { sender } : {}), now });
  const file = join(it.folder, 'expected.json');
  const found = `${JSON.stringify(recordOf(decision), null, 2)}\n`;
  if (update) writeFileSync(file, found);
  return { name: it.name, decision, differences: differences(file, found) };
}

/** Rules that decided no case, as `use case: rule`. */
export function unusedRules({ rules }: Routes, results: readonly RouteCaseResult[]): string[] {
  const decided = new Set(results.map(({ decision: { useCase, rule } }) => `${useCase}: ${rule}`));
  return [...rules].flatMap(([useCase, list]) =>
    list.map(({ id }) => `${useCase}: ${id}`).filter((name) => !decided.has(name)),
  );
}

/** The record without its digests, which change with every edit of the configuration. */
function recordOf(decision: Decision) {
  const { configuration: _, directory: __, decidedAt: ___, warnings, ...record } = decision;
  return {
    ...record,
    warnings: named(warnings),
    ...('issues' in record ? { issues: named(record.issues) } : {}),
  };
}

const named = (issues: readonly Issue[]) => issues.map(({ rule, expression }) => `${rule} at ${expression}`);

function differences(file: string, found: string): string[] {
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (expected === found) return [];
  const [before, after] = [expected.split('\n'), found.split('\n')];
  const line = Math.max(
    after.findIndex((text, index) => text !== before[index]),
    0,
  );
  return [
    `${file}:${line + 1}`,
    `  expected ${before[line]?.trim() ?? '(nothing)'}`,
    `  found    ${after[line]?.trim() ?? '(nothing)'}`,
  ];
}
