import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inputOfCase, outcomeOf, projectionCasesIn, runProjectionCase } from '../../../src/cli/projection-cases.ts';
import { type CheckedProjection, compileChecked } from '../../../src/disclosure/projection/compile.ts';
import type { LineText, ProjectionFile } from '../../../src/disclosure/projection/file.ts';
import { projectionFilesIn } from '../../../src/main/projection-files.ts';
import { ownProjections, projectionFolder } from '../../support/disclosure/projections.ts';

const files: readonly CheckedProjection[] = projectionFilesIn(projectionFolder).map(({ path, text }) => ({
  value: parse(text) as ProjectionFile,
  file: path,
  placeOf: () => ({}),
}));
const cases = projectionCasesIn(projectionFolder).map((it) => ({
  it,
  input: inputOfCase(it),
  expected: outcomeOf(ownProjections, it, inputOfCase(it)),
}));

test('every case has the outcome beside it', () => {
  expect(cases.length).toBeGreaterThan(15);
  for (const { it } of cases)
    expect(runProjectionCase(ownProjections, it, false)).toEqual({ name: it.name, differences: [] });
});

type Change = { readonly name: string; readonly files: readonly CheckedProjection[]; readonly cases: typeof cases };

const without = (list: readonly unknown[], index: number): unknown[] => list.filter((_, at) => at !== index);

/** A file with the list at a path of keys replaced. */
function changed(file: CheckedProjection, path: readonly string[], list: unknown): readonly CheckedProjection[] {
  const value = structuredClone(file.value) as Record<string, unknown>;
  const last = path.at(-1)!;
  const parent = path.slice(0, -1).reduce((it, key) => it[key] as Record<string, unknown>, value);
  parent[last] = list;
  return files.map((it) => (it === file ? { ...it, value: value as unknown as ProjectionFile } : it));
}

/** Each line removed; what it allows withheld; what it withholds allowed as it is stored. */
function mutationsOf(
  file: CheckedProjection,
  path: readonly string[],
  lines: readonly LineText[],
): Omit<Change, 'cases'>[] {
  return lines.flatMap((line, index) => {
    const name = `${file.file} ${path.slice(1).join(' ')} line ${index + 1}`;
    const replacedBy = (it: object) =>
      changed(
        file,
        path,
        lines.map((one, at) => (at === index ? it : one)),
      );
    const removed = { name: `${name} removed`, files: changed(file, path, without(lines, index)) };
    const isNotAllowed = path[0] === 'everywhere';
    const contrary = line.allow
      ? { name: `${name} withheld`, files: replacedBy({ withhold: line.allow, why: line.why }) }
      : { name: `${name} allowed`, files: replacedBy({ allow: line.withhold, as: 'whole', why: line.why }) };
    return isNotAllowed ? [removed] : [removed, contrary];
  });
}

const linesIn = (
  file: CheckedProjection,
): { path: readonly string[]; lines: readonly LineText[]; message?: string }[] => [
  ...(['resource', 'element'] as const).flatMap((part) => {
    const lines = file.value.everywhere?.[part];
    return lines ? [{ path: ['everywhere', part], lines }] : [];
  }),
  ...Object.entries(file.value.messages).flatMap(([message, { resources = {} }]) =>
    Object.entries(resources).flatMap(([type, { lines }]) =>
      lines ? [{ path: ['messages', message, 'resources', type, 'lines'], lines, message }] : [],
    ),
  ),
];

/** Types that go out whole, and conditions on a type. */
const wholesIn = (file: CheckedProjection): Omit<Change, 'cases'>[] =>
  Object.entries(file.value.messages).flatMap(([message, { whole = [], resources = {} }]) => [
    ...whole.flatMap((it, index) => {
      const path = ['messages', message, 'whole'];
      const { only, ...always } = it;
      const replaced = (other: object) => whole.map((one, at) => (at === index ? other : one));
      const of = `${file.file} ${message} whole ${index + 1}`;
      return [
        { name: `${of} removed`, files: changed(file, path, without(whole, index)) },
        ...(only ? [{ name: `${of} without its condition`, files: changed(file, path, replaced(always)) }] : []),
      ];
    }),
    ...Object.entries(resources).flatMap(([type, { only, ...always }]) =>
      only
        ? [
            {
              name: `${file.file} ${message} ${type} without its condition`,
              files: changed(file, ['messages', message, 'resources', type], always),
            },
          ]
        : [],
    ),
    ...Object.entries(resources).flatMap(([type, { lines = [], ...more }]) =>
      lines.flatMap((line, index) =>
        (['when', 'where', 'needs', 'needs-one-of'] as const).flatMap((key) => {
          if (line[key] === undefined) return [];
          const { [key]: _, ...rest } = line;
          const all = lines.map((one, at) => (at === index ? rest : one));
          return [
            {
              name: `${file.file} ${message} ${type} line ${index + 1} without ${key}`,
              files: changed(file, ['messages', message, 'resources', type], { ...more, lines: all }),
            },
          ];
        }),
      ),
    ),
  ]);

/** The changed file with those that it refers to; the others, which it does not affect, are empty. */
function alone(all: readonly CheckedProjection[], { value: { recipient, phase } }: CheckedProjection) {
  const isNeeded = ({ value }: CheckedProjection): boolean =>
    value.phase === phase && (value.recipient === recipient || (recipient === 'network' && value.recipient === 'ggz'));
  return all.map((it) => (isNeeded(it) ? it : { ...it, value: { ...it.value, messages: {} } }));
}

/** Whether the start stops, or a case has another outcome. */
function isNoticed(changedFiles: readonly CheckedProjection[], file: CheckedProjection): boolean {
  const compiled = compileChecked(alone(changedFiles, file));
  if (!compiled.ok) return true;
  const { recipient, phase } = file.value;
  return cases
    .filter(({ it }) => it.phase === phase && it.recipient === recipient)
    .some(({ it, input, expected }) => outcomeOf(compiled.value, it, input) !== expected);
}

describe('each line of each projection, removed or turned into its contrary', () => {
  const mutations = files.flatMap((file) =>
    [...linesIn(file).flatMap(({ path, lines }) => mutationsOf(file, path, lines)), ...wholesIn(file)].map((it) => ({
      ...it,
      file,
    })),
  );
  let unnoticed: readonly string[];
  beforeAll(() => {
    unnoticed = mutations.filter(({ files: all, file }) => !isNoticed(all, file)).map(({ name }) => name);
  }, 120_000);

  test('stops the start or changes the outcome of a case', () => {
    expect(mutations.length).toBeGreaterThan(500);
    expect(unnoticed).toEqual([]);
  });
});
