import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import type { Bundle } from '@medplum/fhirtypes';
import { type Command, Option } from 'commander';
import {
  compileProjections,
  type Explained,
  explainResource,
  messageNames,
  type Projections,
  permissionsOf,
  phases,
  type RecipientKind,
  recipientKinds,
} from '../disclosure/index.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { printIssues } from '../main/print-issues.ts';
import { ownProjections, projectionFilesIn } from '../main/projection-files.ts';
import { type Language, languageOption } from './options.ts';
import { projectionCasesIn, runProjectionCase } from './projection-cases.ts';
import { readResource } from './read-resource.ts';

type Options = { readonly folder: string; readonly language: Language };
type ExplainOptions = Options & {
  readonly phase: (typeof phases)[number];
  readonly message?: (typeof messageNames)[number];
  readonly permit?: readonly string[];
};

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** `mgn projections check|test|explain`: what each recipient may receive. */
export function registerProjections(program: Command): void {
  const projections = program
    .command('projections')
    .description('check, test and explain what each recipient may receive');
  const inFolder = (command: Command) =>
    command.option('--folder <dir>', 'folder of the projections', ownProjections).addOption(languageOption());
  inFolder(projections.command('check'))
    .description('compile the projections: unknown and missing elements, lines that decide nothing; exit 1 on any')
    .action((options: Options) => {
      const opened = open(options);
      if (opened) for (const line of totals(opened)) print(line);
    });
  inFolder(projections.command('test'))
    .description('run the test cases of the projections (tests/<case>); exit 1 when one differs')
    .option('--update', 'write the outcome as the expected one')
    .action((options: Options & { readonly update?: boolean }) => {
      const opened = open(options);
      if (opened) runCases(opened, options.folder, options.update === true);
    });
  inFolder(projections.command('explain'))
    .description('line by line what goes out of a resource or Bundle, and what is withheld; never a value of it')
    .argument('<recipient>', recipientKinds.join(', '))
    .argument('<file>', 'a resource or Bundle in JSON or XML')
    .addOption(new Option('--phase <phase>', 'phase').choices(phases).default('selected'))
    .addOption(
      new Option('--message <message>', 'purpose; by default each that has one of its types').choices(messageNames),
    )
    .option('--permit <what...>', 'contact-data, bsn, goals, activities, content, or codes of life domains')
    .action(explain);
}

/** The compiled projections of a folder; undefined when they have mistakes, which are reported. */
function open({ folder, language }: Options): Projections | undefined {
  if (!existsSync(folder)) throw new Error(`${folder} does not exist.`);
  const shown = relative(process.cwd(), folder);
  const files = projectionFilesIn(folder).map(({ path, text }) => ({
    path: join(shown.startsWith('..') ? folder : shown, path.split('/').at(-1) ?? path),
    text,
  }));
  const compiled = compileProjections(files);
  if (compiled.ok) return compiled.value;
  for (const it of compiled.issues)
    process.stderr.write(`${printIssues(fileIn(it.message), [it], language).join('\n')}\n`);
  process.exitCode = 1;
  return undefined;
}

/** The message of an issue of a file begins with the file. */
const fileIn = (message: string): string => message.split(/[: ]/, 1)[0] ?? '';

/** Per recipient, phase and purpose: types, and lines that allow or withhold. */
const totals = (projections: Projections): readonly string[] =>
  recipientKinds.flatMap((kind) =>
    phases.flatMap((phase) => {
      const messages = messageNames
        .map((name) => projections[kind].message(phase, name))
        .filter(({ types }) => types.size > 0);
      if (messages.length === 0) return [`${kind}, ${phase}: nothing goes out`];
      return messages.map(({ name, types }) => {
        const all = [...types.values()];
        const lines = all.flatMap((it) => it.lines);
        const whole = all.filter(({ node }) => node === undefined).length;
        const allow = lines.filter((it) => it.allow !== undefined).length;
        return `${kind}, ${phase}, ${name}: ${types.size} types, ${whole} of them whole; ${allow} lines allow, ${lines.length - allow} withhold`;
      });
    }),
  );

function runCases(projections: Projections, folder: string, update: boolean): void {
  const results = projectionCasesIn(folder).map((it) => runProjectionCase(projections, it, update));
  const wrong = results.filter(({ differences }) => differences.length > 0);
  for (const { name, differences } of results) {
    print(`${differences.length > 0 ? styleText('red', 'differs') : styleText('green', 'as expected')} ${name}`);
    for (const line of differences) print(`  ${line}`);
  }
  print(`${results.length - wrong.length} of ${results.length} cases as expected`);
  if (wrong.length > 0) process.exitCode = 1;
}

async function explain(recipient: string, file: string, options: ExplainOptions): Promise<void> {
  if (!recipientKinds.includes(recipient as RecipientKind))
    throw new Error(`Name a recipient: ${recipientKinds.join(', ')}.`);
  const projections = open(options);
  if (!projections) return;
  const { phase, message, permit = [], language } = options;
  const read = await readResource(file);
  if (!read.ok) {
    process.stderr.write(`${printIssues(file, read.issues, language).join('\n')}\n`);
    process.exitCode = 1;
    return;
  }
  const resources = resourcesIn(read.value.resource);
  const named = message ? [message] : messageNames;
  const messages = named
    .map((name) => projections[recipient as RecipientKind].message(phase, name))
    .filter((it) => message !== undefined || resources.some(({ resourceType }) => it.types.has(resourceType)));
  const words = texts[language];
  if (messages.length === 0) print(words.nothing);
  const permissions = permissionsOf({
    permissions: permit as never,
    'life-domains': permit,
  });
  for (const it of messages) {
    print(`${it.name}: ${it.why[language]}`);
    for (const resource of resources)
      for (const explained of explainResource(it, resource, permissions)) print(`  ${lineOf(explained, language)}`);
  }
}

const resourcesIn = (resource: Resource): readonly Resource[] =>
  isType(resource, 'Bundle')
    ? ((resource as Bundle).entry ?? []).flatMap(({ resource: it }) => (it ? [it as Resource] : []))
    : [resource];

const texts = {
  en: { out: 'goes out', reduced: 'goes out in part', withheld: 'withheld', nothing: 'Nothing of it goes out.' },
  nl: {
    out: 'gaat naar buiten',
    reduced: 'gaat deels naar buiten',
    withheld: 'blijft achter',
    nothing: 'Er gaat niets van naar buiten.',
  },
} as const;

const lineOf = ({ path, outcome, line, why }: Explained, language: Language): string =>
  `${outcome === 'withheld' ? '-' : outcome === 'out' ? '+' : '±'} ${path}: ${texts[language][outcome]}${line ? ` (${line.file}:${line.place.line})` : ''}. ${why[language]}`;
