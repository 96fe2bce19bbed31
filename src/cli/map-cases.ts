import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeJson } from '../fhir/json.ts';
import type { CompiledMap, RunResult } from '../mapping/index.ts';
import { readInput } from './map-input.ts';

/** One test case of a map: a folder with an input and the expected result. */
export type MapCase = { readonly name: string; readonly folder: string; readonly input: string };

export type CaseResult = {
  readonly name: string;
  /** Differences from the expected result, with values: for test cases only, never for real messages. */
  readonly differences: readonly string[];
  readonly run: RunResult;
};

/** The test cases of a map: `tests/<case>/input.*` in its folder. */
export function casesOf(mapPath: string): MapCase[] {
  const tests = join(dirname(mapPath), 'tests');
  if (!existsSync(tests)) return [];
  return readdirSync(tests, { withFileTypes: true })
    .filter((it) => it.isDirectory())
    .flatMap(({ name }) => {
      const folder = join(tests, name);
      const input = readdirSync(folder).find((file) => file.startsWith('input.'));
      return input === undefined ? [] : [{ name, folder, input: join(folder, input) }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Time of `now()` and `today()` in every case. */
const timeOfCases = new Date('2026-11-22T11:00:00Z');

/**
 * Runs one case with a trace. `expected.json` (or `expected.xml`) is the output, `expected-issues.json` the rules, severities
 * and places of its issues, absent when there are none. With `update` it writes both files instead.
 */
export function runCase(map: CompiledMap, { name, folder, input }: MapCase, update = false): CaseResult {
  const run = map.run(readInput(input, map), { trace: true, seed: name, now: timeOfCases });
  const failed = run.issues?.some(({ severity }) => severity === 'error' || severity === 'fatal') === true;
  const xml = typeof run.output === 'string';
  const output = xml ? String(run.output) : `${writeJson(run.output, { pretty: true })}\n`;
  const issues = run.issues?.map(({ rule, severity, expression }) => ({
    rule,
    severity,
    ...(expression ? { expression } : {}),
  }));
  const issuesText = issues && `${JSON.stringify(issues, null, 2)}\n`;
  const outputFile = join(folder, xml ? 'expected.xml' : 'expected.json');
  const issuesFile = join(folder, 'expected-issues.json');
  if (update) {
    // The output of a run with errors is not for use: only the errors are compared.
    if (!failed) writeFileSync(outputFile, output);
    if (issuesText) writeFileSync(issuesFile, issuesText);
  }
  return {
    name,
    run,
    differences: [
      ...(failed && !existsSync(outputFile) ? [] : compare(outputFile, output)),
      ...compare(issuesFile, issuesText ?? ''),
    ],
  };
}

function compare(file: string, found: string): string[] {
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (expected === found) return [];
  const [before, after] = [expected.split('\n'), found.split('\n')];
  const at = after.findIndex((line, index) => line !== before[index]);
  const line = at < 0 ? after.length : at;
  return [
    `${file}:${line + 1}`,
    `  expected ${before[line]?.trim() ?? '(nothing)'}`,
    `  found    ${after[line]?.trim() ?? '(nothing)'}`,
  ];
}

/** Rules that no case fired, as `file:line (group.rule)`. A list of elements to copy counts as one rule. */
export function unfired({ rules }: CompiledMap, results: readonly CaseResult[]): string[] {
  const fired = new Set(results.flatMap(({ run }) => run.trace?.fired.map(({ rule }) => keyOf(rule)) ?? []));
  const silent = new Map(rules.filter((rule) => !fired.has(keyOf(rule))).map((rule) => [keyOf(rule), rule]));
  return [...silent.values()].map(
    ({ path, line, group, name }) => `${path}:${line} (${group}${name ? `.${name}` : ''})`,
  );
}

export const countRules = ({ rules }: CompiledMap): number => new Set(rules.map(keyOf)).size;

const keyOf = ({ path, line, column, group, name, batch }: CompiledMap['rules'][number]): string =>
  batch === undefined ? `${path}:${line}:${column} ${group}.${name}` : `${path}:${batch} ${group}`;
