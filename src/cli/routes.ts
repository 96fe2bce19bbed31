import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import type { Parameters } from '@medplum/fhirtypes';
import type { Command } from 'commander';
import { loadNetwork, type Network } from '../directory/index.ts';
import { routedRecords } from '../exchange/explain/explain-order.ts';
import { productFolder } from '../main/own-validator.ts';
import { printIssues } from '../main/print-issues.ts';
import { stepLines } from '../main/step-lines.ts';
import { demoNetwork, openStoreToRead } from '../main.ts';
import { compileRoutes, explainDecision, explainDecisionRecord, type Routes } from '../routing/index.ts';
import { type DryRunOptions, dryRun } from './dry-run.ts';
import { type Language, languageOption } from './options.ts';
import { routeCasesOf, runRouteCase, unusedRules } from './route-cases.ts';

type Options = { readonly network: string; readonly language: Language };
type TestOptions = Options & { readonly update?: boolean; readonly coverage?: boolean };

const ownRoutes = join(productFolder, 'mappings/routes.yaml');
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** `mgn routes check|test|explain`: authoring of routing rules. */
export function registerRoutes(program: Command): void {
  const routes = program.command('routes').description('check, test and explain routing rules');
  const onNetwork = (command: Command) =>
    command
      .argument('[file]', 'rules file', ownRoutes)
      .option('--network <dir>', 'folder of the network', demoNetwork)
      .addOption(languageOption());
  onNetwork(routes.command('check'))
    .description('compile rules against a network: unknown names, unreachable and contradictory rules; exit 1 on any')
    .action(async (file: string, options: Options) => {
      const opened = await open(file, options);
      if (opened) print(`${shown(file)}: ${summary(opened.routes)}, for ${opened.network.name}`);
    });
  onNetwork(routes.command('test'))
    .description('run the test cases of the rules (routes/tests/<case>); exit 1 when one differs')
    .option('--update', 'write the result as the expected one')
    .option('--coverage', 'list the rules that decided no case; exit 1 when there are any')
    .action(async (file: string, options: TestOptions) => {
      const opened = await open(file, options);
      if (opened) testRoutes(file, opened, options);
    });
  routes
    .command('explain')
    .description(
      'why a message would be routed to its destination, or why a stored order was: rules, facts, every service',
    )
    .argument('[file...]', 'a Bundle in JSON or XML, or the single resources of one (files or a folder)')
    .option('--network <dir>', 'folder of the network', demoNetwork)
    .option('--as <partner>', 'sending partner; by default the first referrer of the network')
    .option('--order <id>', 'id of a stored order, instead of a file')
    .option('--store <store>', 'sqlite:FILE or postgres://…, with --order')
    .addOption(languageOption())
    .action(explainRoute);
}

type ExplainOptions = DryRunOptions & { readonly order?: string; readonly store?: string };

/** Explains the route of a message file or of a stored order; a refusal before routing is reported with its step. */
async function explainRoute(files: readonly string[], options: ExplainOptions): Promise<void> {
  const { language, order, store: address } = options;
  if (order !== undefined) {
    for (const record of await recordsOf(order, address ?? 'sqlite:mgn-gateway.db'))
      print(`${explainDecisionRecord(record, language).join('\n')}\n`);
    return;
  }
  if (files.length === 0) throw new Error('Name the file of a message, or use --order with the id of a stored order.');
  const run = await dryRun(files, options);
  if (!run) return;
  if (run.walked.ok) for (const it of run.walked.value.decisions) print(explainDecision(it, language).join('\n'));
  else {
    for (const step of run.walked.steps) if (step.refused) print(stepLines(step, language).join('\n'));
    process.exitCode = 1;
  }
}

/** Access to the store implies access to its decision records, which contain codes and no names. */
async function recordsOf(order: string, address: string): Promise<readonly Parameters[]> {
  const id = order.replace(/^ServiceRequest\//, '');
  const opened = await openStoreToRead(address);
  if (!opened.ok) throw new Error(opened.issues.map(({ message }) => message).join(' '));
  try {
    const records = await routedRecords(opened.value, id);
    if (records.length === 0) throw new Error(`The store contains no decision about ServiceRequest/${id}.`);
    return records;
  } finally {
    await opened.value.close();
  }
}

type Opened = { readonly network: Network; readonly routes: Routes };

/** Rules with their network; undefined when either has mistakes, which are reported. */
async function open(file: string, { network: folder, language }: Options): Promise<Opened | undefined> {
  if (!existsSync(file)) throw new Error(`${shown(file)} does not exist.`);
  const network = await loadNetwork(folder);
  const routes = network.ok ? compileRoutes(readFileSync(file, 'utf8'), shown(file), network.value.directory) : network;
  if (network.ok && routes.ok) return { network: network.value, routes: routes.value };
  process.stderr.write(`${printIssues(network.ok ? shown(file) : folder, routes.issues, language).join('\n')}\n`);
  process.exitCode = 1;
  return undefined;
}

function testRoutes(file: string, { network, routes }: Opened, { update = false, coverage }: TestOptions): void {
  const results = routeCasesOf(file).map((it) => runRouteCase(routes, network, it, { update }));
  const wrong = results.filter(({ differences }) => differences.length > 0);
  for (const { name, differences, decision } of results) {
    const mark = differences.length > 0 ? styleText('red', 'differs') : styleText('green', 'as expected');
    print(`${mark} ${name}: ${decision.rule}`);
    for (const line of differences) print(`  ${line}`);
  }
  print(`${shown(file)}: ${results.length - wrong.length} of ${results.length} cases as expected`);
  if (wrong.length > 0) process.exitCode = 1;
  if (!coverage) return;
  const silent = unusedRules(routes, results);
  const all = countRules(routes);
  print(`${all - silent.length} of ${all} rules decided`);
  for (const name of silent) print(`  never: ${name}`);
  if (silent.length > 0) process.exitCode = 1;
}

const countRules = ({ rules }: Routes): number => [...rules.values()].reduce((sum, { length }) => sum + length, 0);
const summary = (routes: Routes): string =>
  `${countRules(routes)} rules for ${routes.rules.size} use cases, digest ${routes.digest.slice(0, 12)}`;
/** Relative to the working directory where possible, so that editors can open it. */
const shown = (file: string): string => {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
};
