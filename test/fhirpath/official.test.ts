import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { readXml } from '../../src/fhir/xml.ts';
import { type CompileOptions, compile, compileTyped } from '../../src/fhirpath/index.ts';

/** HL7's own cases; kept beside the repository, not in it. */
const folder = new URL('../../../shared/data/fhirpath/', import.meta.url);
const present = existsSync(folder);
if (!present) console.warn('HL7 FHIRPath cases are not here: official.test.ts is skipped');

type Case = {
  readonly group: string;
  readonly name: string;
  readonly input?: string;
  readonly expression: string;
  readonly invalid?: 'syntax' | 'semantic' | 'execution';
  readonly mode?: 'strict';
  readonly output: readonly { readonly type?: string; readonly value?: string }[];
};

/** Cases that we answer otherwise, each with its reason. */
const disagreements: Readonly<Record<string, string>> = {};

const cases: readonly Case[] = present
  ? readFileSync(new URL('cases.jsonl', folder), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
  : [];

const inputs = new Map<string, Resource>();
function read(name: string): Resource {
  const known = inputs.get(name);
  if (known) return known;
  const text = readFileSync(new URL(`input/${name}`, folder), 'utf8');
  const resource = name.endsWith('.xml') ? readXml(text).resource : (JSON.parse(text) as Resource);
  inputs.set(name, resource);
  return resource;
}

const environment = { now: new Date('2026-03-02T10:30:00Z') };

/** What is wrong, or undefined. */
function problem(it: Case, options: CompileOptions): string | undefined {
  const focus = it.input === undefined ? undefined : read(it.input);
  const run = (): unknown[] => compile(it.expression, options)(focus, environment);
  if (it.invalid) {
    try {
      return `${it.invalid} error expected, got ${JSON.stringify(run())}`;
    } catch {
      return undefined;
    }
  }
  const [values, types] = [run(), compileTyped(it.expression, options)(focus, environment).map(({ type }) => type)];
  const wanted = it.output.map(({ value = '' }) => value.replace(/^@/, ''));
  const same = values.length === wanted.length && values.every((value, at) => agrees(value, wanted[at] as string));
  if (!same) return `${JSON.stringify(wanted)} expected, got ${JSON.stringify(values.map(String))}`;
  const wrong = it.output.findIndex(({ type }, at) => type !== undefined && !isType(types[at], type));
  return wrong < 0 ? undefined : `type ${it.output[wrong]?.type} expected, got ${types[wrong]}`;
}

const agrees = (value: unknown, wanted: string): boolean =>
  typeof value === 'number' ? value === Number(wanted) : String(value) === wanted;

/** The cases call String and string the same. */
const isType = (type: string | undefined, wanted: string): boolean =>
  type?.replace('System.', '').toLowerCase() === wanted.toLowerCase();

describe.skipIf(!present)('HL7 cases of FHIRPath', () => {
  const answers = cases.map((it) => {
    const strict = it.mode === 'strict';
    const type = it.input === undefined ? undefined : read(it.input).resourceType;
    const told = problem(it, { strict, ...(type === undefined ? {} : { type }) });
    // what the focus is may also show only at run time; strict mode needs to know before
    return { it, told: told ?? (strict ? undefined : problem(it, {})) };
  });

  test.each(answers.filter(({ it }) => !(it.name in disagreements)))(
    '$it.group $it.name: $it.expression',
    ({ told }) => {
      expect(told).toBeUndefined();
    },
  );

  test('each disagreement is still one', () => {
    const gone = Object.keys(disagreements).filter((name) => !answers.some(({ it, told }) => it.name === name && told));
    expect(gone).toEqual([]);
  });

  test('at least 98 % agree', () => {
    expect(answers.filter(({ told }) => !told).length / answers.length).toBeGreaterThanOrEqual(0.98);
  });
});
