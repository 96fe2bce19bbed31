/** HL7's mapping cases, and what the cases beside our own maps make fire. */

import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { casesOf, countRules, runCase, unfired } from '../../src/cli/map-cases.ts';
import { compileFolder, mapFilesAt, readMapFolder } from '../../src/main/map-folder.ts';
import { explainOutput } from '../../src/mapping/index.ts';
import { rootOf } from '../support/mapping/output-root.ts';
import { officialCases, runOfficial } from './official-maps.ts';

const root = join(import.meta.dirname, '../..');

export type MapFigures = {
  readonly path: string;
  readonly cases: number;
  readonly rules: number;
  readonly fired: number;
  /** Values of all outputs, and those that the lineage gives a rule and a source for. */
  readonly values: number;
  readonly explained: number;
};

export function measureMaps(): readonly MapFigures[] {
  return mapFilesAt(join(root, 'mappings')).map((file) => {
    const map = compileFolder(readMapFolder(file));
    const results = casesOf(file).map((it) => runCase(map, it));
    const explained = results.flatMap(({ run: { output, trace } }) =>
      pathsIn(output, rootOf(output, trace!)).map((path) => (explainOutput(trace!, path)?.sources.length ?? 0) > 0),
    );
    const rules = countRules(map);
    return {
      path: relative(root, file),
      cases: results.length,
      rules,
      fired: rules - unfired(map, results).length,
      values: explained.length,
      explained: explained.filter(Boolean).length,
    };
  });
}

function pathsIn(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return value === null ? [] : [path];
  if (Array.isArray(value)) return value.flatMap((item, at) => pathsIn(item, `${path}[${at}]`));
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'resourceType' ? [] : pathsIn(member, `${path}.${key}`),
  );
}

export const measureOfficial = (): readonly {
  readonly name: string;
  readonly map: string;
  readonly asExpected: boolean;
}[] =>
  officialCases.map((it) => {
    const { made, expected, issues } = runOfficial(it);
    return { name: it.name, map: it.map, asExpected: issues.length === 0 && isDeepStrictEqual(made, expected) };
  });

export function tableOfMapping(official: ReturnType<typeof measureOfficial>, maps: readonly MapFigures[]): string {
  const reached = official.filter(({ asExpected }) => asExpected).length;
  const sum = (of: (it: MapFigures) => number): number => maps.reduce((all, it) => all + of(it), 0);
  return [
    '## Mapping language',
    '',
    "`npm run conformance`: the cases of HL7's manifest (r5/structure-mapping), XML outputs included. Choices that",
    'the language leaves open, and speed (`npm run bench:mapping`): [mapping-conformance.md](mapping-conformance.md).',
    '',
    `| case | map | ${reached} of ${official.length} |`,
    '|---|---|---|',
    ...official.map(({ name, map, asExpected }) => `| ${name} | ${map} | ${asExpected ? 'as expected' : 'differs'} |`),
    '',
    'The maps of this repository, by their cases: rules that fired, and output values with a recorded rule and source.',
    '',
    '| map | cases | rules fired | values explained |',
    '|---|---|---|---|',
    ...maps.map((it) => `| ${it.path} | ${it.cases} | ${it.fired} of ${it.rules} | ${it.explained} of ${it.values} |`),
    `| all | ${sum((it) => it.cases)} | ${sum((it) => it.fired)} of ${sum((it) => it.rules)} | ${sum((it) => it.explained)} of ${sum((it) => it.values)} |`,
  ].join('\n');
}
