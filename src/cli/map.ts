import { writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { type Command, InvalidArgumentError } from 'commander';
import { ignoredValue } from '../exchange/maps/unread.ts';
import { type Issue, isError, issue } from '../fhir/issue.ts';
import { writeJson } from '../fhir/json.ts';
import { ParseError } from '../fhir/parse-error.ts';
import { compileFolder, formatFile, mapFilesAt, readMapFolder } from '../main/map-folder.ts';
import {
  type CompiledMap,
  describeProblem,
  explainOutput,
  type Hl7Part,
  MapError,
  type RunResult,
} from '../mapping/index.ts';
import { unreadable } from './files-at.ts';
import { casesOf, countRules, runCase, unfired } from './map-cases.ts';
import { corpusFiles, diffMaps } from './map-diff.ts';
import { isHl7File, readInput } from './map-input.ts';
import { watchPaths } from './watch.ts';

/** Options of every subcommand that compiles maps. */
type CompileFlags = { readonly strict?: boolean; readonly models?: string };
type RunFlags = CompileFlags & {
  readonly trace?: boolean;
  readonly json?: boolean;
  readonly seed?: string;
  readonly now: Date;
};

function instantOf(text: string): Date {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()))
    throw new InvalidArgumentError('Use an instant such as 2026-11-22T12:00:00+01:00.');
  return instant;
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const printError = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** `mgn map check|test|run|explain|diff|fmt`: authoring of maps. Errors state file, line, column, group and rule, never values. */
export function registerMap(program: Command): void {
  const map = program
    .command('map')
    .description('check, test, run, explain, compare and format maps (FHIR Mapping Language)');
  map
    .command('check')
    .description('compile maps; exit 1 on an error')
    .argument('<path...>', 'map files, or folders of them')
    .option(...strictOption)
    .option(...modelsOption)
    .action((paths: string[], flags: CompileFlags) => {
      const printed = new Set<string>();
      for (const path of mapsAt(paths)) {
        const compiled = attempt(() => compiledAt(path, flags, printed), printed);
        if (compiled) print(`${path}: ${countRules(compiled)} rules`);
      }
    });
  map
    .command('test')
    .description('run the test cases of maps (tests/<case>/input.*); exit 1 on a difference')
    .argument('<path...>', 'map files, or folders of them')
    .option('--update', 'write the actual output as the expected output')
    .option('--coverage', 'list the rules that no case fired; exit 1 when there are any')
    .option('--watch', 'run again on each change of a map, table or case, until interrupted')
    .option(...strictOption)
    .option(...modelsOption)
    .action((paths: string[], options: TestFlags & { watch?: boolean }) => {
      const testAll = (update: boolean) => {
        for (const path of mapsAt(paths)) attempt(() => testMap(path, { ...options, update }));
      };
      testAll(options.update ?? false);
      // --update applies to the first run only: its own writes would trigger the watch.
      if (options.watch) watchPaths(paths, () => testAll(false));
    });
  map
    .command('run')
    .description('run a map on a message and print its output')
    .argument('<map>', 'map file')
    .argument('<input>', 'FHIR in JSON or XML, HL7 v2, a JSON form, or XML of the logical model that the map reads')
    .option('--trace', 'print the lineage instead of the output: the rule and sources of each element')
    .option('--seed <text>', 'seed of generated ids; default: a digest of the input')
    .option('--now <instant>', 'time of now() and today(); default: the current time', instantOf, new Date())
    .option('--json', 'print an HL7 v2 message as named fields, not as ER7')
    .option(...strictOption)
    .option(...modelsOption)
    .action((path: string, input: string, { trace = false, json = false, seed, now, ...flags }: RunFlags) => {
      const done = attempt(() => {
        const map = compiledAt(path, flags);
        const content = readInput(input, map);
        const isForm = typeof (content as { resourceType?: unknown }).resourceType !== 'string' && !isHl7File(input);
        const result = map.run(content, { trace: trace || isForm, now, ...(seed ? { seed } : {}) });
        return { ...result, map, ignored: isForm ? (result.trace?.unread ?? []) : [] };
      });
      if (!done) return;
      if (trace) for (const line of traceLines(done)) print(line);
      else printOutput(done.output, json ? undefined : done.map.writeHl7);
      printIssues([...(done.issues ?? []), ...done.ignored.map((it) => ignoredValue(it, done.map.nearName))]);
    });
  map
    .command('explain')
    .description('print the origin of an element of the output; without an element: the input values that no rule read')
    .argument('<map>', 'map file')
    .argument('<input>', 'message to run the map on')
    .argument('[element]', 'FHIRPath of an element of the output, such as Bundle.entry[1].resource.status')
    .option(...modelsOption)
    .action((path: string, input: string, element: string | undefined, flags: CompileFlags) => {
      const done = attempt(() => {
        const map = compiledAt(path, flags);
        return map.run(readInput(input, map), { trace: true, now: new Date() });
      });
      if (!done?.trace) return;
      if (element === undefined) {
        print(done.trace.unread.length === 0 ? 'everything was mapped' : 'not mapped:');
        for (const it of done.trace.unread) print(`  ${it}`);
        return;
      }
      const found = explainOutput(done.trace, element);
      if (!found) process.exitCode = 1;
      print(
        found
          ? `${element}\n  by   ${place(found.rule)}\n  from ${found.sources.join(', ')}`
          : `${element} is not in the output`,
      );
    });
  map
    .command('diff')
    .description('compare two versions of a map on recorded messages: places, never values; exit 1 on a difference')
    .argument('<old>', 'map file')
    .argument('<new>', 'map file')
    .requiredOption('--corpus <dir>', 'folder of messages')
    .option(...modelsOption)
    .action((old: string, fresh: string, { corpus, ...flags }: CompileFlags & { corpus: string }) => {
      const maps = attempt(() => [old, fresh].map((path) => compiledAt(path, flags)));
      if (!maps) return;
      const files = corpusFiles(corpus);
      const found = diffMaps(maps[0]!, maps[1]!, files);
      for (const { file, changes } of found) print([file, ...changes.map((line) => `  ${line}`)].join('\n'));
      print(`${found.length} of ${files.length} messages differ`);
      if (found.length > 0) process.exitCode = 1;
    });
  map
    .command('fmt')
    .description('write maps in the canonical layout')
    .argument('<path...>', 'map files, or folders of them')
    .option('--check', 'write nothing; exit 1 when a file would change')
    .action((paths: string[], { check = false }: { check?: boolean }) => {
      for (const path of mapsAt(paths)) {
        const formatted = attempt(() => formatFile(path));
        if (!formatted || formatted.before === formatted.after) continue;
        print(path);
        if (check) process.exitCode = 1;
        else writeFileSync(path, formatted.after);
      }
    });
}

const strictOption = ['--strict', 'what only warns is an error'] as const;
const modelsOption = [
  '--models <dir>',
  'folder of StructureDefinitions, ConceptMaps and ValueSets (JSON or XML)',
] as const;

/** The maps at paths. A path without a map is an error: a check of nothing would pass. */
function mapsAt(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const maps = attempt(() => mapFilesAt(path));
    if (maps?.length === 0) printProblem(path, issue('folder-empty', {}));
    return maps ?? [];
  });
}

function printProblem(path: string, { severity, rule, message }: Issue): void {
  printError(`${path}: ${severity} ${rule}: ${message}`);
  process.exitCode = 1;
}

/** A map is read with each map of its folder: `printed` are the problems that an earlier one had too. */
function printOnce(line: string, printed: Set<string>): void {
  if (!printed.has(line)) printError(line);
  printed.add(line);
}

/** Compiles a map with its folder; prints its warnings. Throws MapError. */
function compiledAt(
  path: string,
  { strict = false, models }: CompileFlags,
  printed: Set<string> = new Set(),
): CompiledMap {
  const map = compileFolder(readMapFolder(path, models), { strict });
  for (const it of map.warnings) printOnce(`warning ${describeProblem(it)}`, printed);
  return map;
}

type TestFlags = CompileFlags & { readonly update?: boolean; readonly coverage?: boolean };

function testMap(path: string, { update = false, coverage = false, ...flags }: TestFlags): void {
  const compiled = compiledAt(path, flags);
  const results = casesOf(path).map((it) => runCase(compiled, it, update));
  const wrong = results.filter(({ differences }) => differences.length > 0);
  for (const { name, differences } of results) {
    print(`${differences.length > 0 ? styleText('red', 'differs') : styleText('green', 'as expected')} ${name}`);
    for (const line of differences) print(`  ${line}`);
  }
  print(`${path}: ${results.length - wrong.length} of ${results.length} cases as expected`);
  if (wrong.length > 0) process.exitCode = 1;
  if (!coverage) return;
  const silent = unfired(compiled, results);
  const all = countRules(compiled);
  print(`${all - silent.length} of ${all} rules fired`);
  for (const line of silent) print(`  never fired: ${line}`);
  if (silent.length > 0) process.exitCode = 1;
}

/** ER7 ends its segments with a carriage return: on a terminal each segment would overwrite the previous one. */
function printOutput(output: unknown, writeHl7: CompiledMap['writeHl7']): void {
  if (writeHl7) {
    const message = writeHl7(output as Hl7Part);
    process.stdout.write(process.stdout.isTTY ? message.replaceAll('\r', '\n') : message);
  } else print(typeof output === 'string' ? output : writeJson(output, { pretty: true }));
}

const place = ({ path, line, group, name }: { path: string; line: number; group: string; name: string }): string =>
  `${path}:${line} (${group}${name ? `.${name}` : ''})`;

const traceLines = ({ trace }: RunResult): string[] => [
  ...(trace?.elements ?? []).map(
    (it) => `${it.path}${it.copied ? ' (and below)' : ''}\t${place(it.rule)}\t${it.sources.join(', ')}`,
  ),
  ...(trace?.unread ?? []).map((path) => `not mapped\t\t${path}`),
];

function printIssues(issues: readonly Issue[]): void {
  for (const { severity, rule, expression, message } of issues)
    printError(`${severity} ${rule}${expression ? ` ${expression}` : ''}: ${message}`);
  if (issues.some(isError)) process.exitCode = 1;
}

/** Runs `act`; prints errors of a map or a message and sets exit code 1. */
function attempt<T>(act: () => T, printed: Set<string> = new Set()): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof MapError || error instanceof ParseError) {
      const lines = error instanceof MapError ? error.problems.map(describeProblem) : [error.message];
      for (const line of lines) printOnce(line, printed);
      process.exitCode = 1;
    } else if (isMissingFile(error)) printProblem(error.path, unreadable(error));
    else throw error;
    return undefined;
  }
}

const isMissingFile = (error: unknown): error is NodeJS.ErrnoException & { readonly path: string } =>
  error instanceof Error && 'path' in error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
