/** HL7's own FHIRPath cases, run with the type of their input told, and without. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../src/fhir/resource.ts';
import { readXml } from '../../src/fhir/xml.ts';
import { type CompileOptions, compile, compileTyped, FhirPathSyntaxError } from '../../src/fhirpath/index.ts';
import { isHere, shared } from './section.ts';

export type Case = {
  readonly group: string;
  readonly name: string;
  readonly input?: string;
  readonly expression: string;
  readonly invalid?: 'syntax' | 'semantic' | 'execution';
  readonly mode?: 'strict';
  readonly output: readonly { readonly type?: string; readonly value?: string }[];
};

/** Cases that we answer otherwise, each with its reason. */
export const disagreements: Readonly<Record<string, string>> = {};

const cases: readonly Case[] = isHere('fhirpath')
  ? readFileSync(join(shared, 'fhirpath/cases.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
  : [];

const inputs = new Map<string, Resource>();
function read(name: string): Resource {
  const known = inputs.get(name);
  if (known) return known;
  const text = readFileSync(join(shared, 'fhirpath/input', name), 'utf8');
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

export type Answer = { readonly it: Case; readonly told: string | undefined };

export function measureFhirPath(): readonly Answer[] {
  return cases.map((it) => {
    const strict = it.mode === 'strict';
    const type = it.input === undefined ? undefined : read(it.input).resourceType;
    const told = problem(it, { strict, ...(type === undefined ? {} : { type }) });
    // what the focus is may also show only at run time; strict mode needs to know before
    return { it, told: told ?? (strict ? undefined : problem(it, {})) };
  });
}

/** The semantic errors that compiling with the type of the input does not find. */
export function missedSemanticErrors(): readonly string[] {
  return cases.flatMap((it) => {
    if (it.invalid !== 'semantic') return [];
    const type = it.input === undefined ? undefined : read(it.input).resourceType;
    try {
      compile(it.expression, { strict: it.mode === 'strict', ...(type === undefined ? {} : { type }) });
    } catch (error) {
      if (error instanceof FhirPathSyntaxError && error.kind === 'semantic') return [];
    }
    return [it.name];
  });
}

export function tableOfFhirPath(answers: readonly Answer[]): string {
  const differing = answers.filter(({ told }) => told !== undefined);
  const agreed = answers.length - differing.length;
  return `## HL7's FHIRPath suite

\`npm run conformance\`: the cases of HL7's suite, values and types, each with and without the type of its input.

| cases | agreed | |
|---|---|---|
| ${answers.length} | ${agreed} | ${((agreed / answers.length) * 100).toFixed(1)} % |
${differing.map(({ it, told }) => `\n- ${it.group} ${it.name}: ${disagreements[it.name] ?? told}`).join('')}`;
}
