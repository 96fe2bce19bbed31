import type { Command } from 'commander';
import { printIssues } from '../../main/print-issues.ts';
import { openStore, openStoreToRead } from '../../main.ts';
import type { Store } from '../../store/port.ts';
import { httpUrl, type Language, languageOption } from '../options.ts';
import { activateSet } from './activate.ts';
import { type AtGateway, activateAt } from './activate-at-gateway.ts';
import type { CommandResult } from './command-result.ts';
import { diffSets } from './diff.ts';
import { addSet, listSets, showSet } from './list.ts';
import { replayMessages } from './replay.ts';
import { shadowSet } from './shadow.ts';

export type ConfigOptions = { readonly store: string; readonly language: Language };

const setHelp =
  'A set is a folder with profiles/, mappings/ and network/ (missing parts are taken from the set in force), or the first characters of the digest of a stored set.';

/** `mgn config`: configuration as sets of files identified by content. See docs/operate/configuration.md. */
export const registerConfig = (program: Command): void => {
  const config = program
    .command('config')
    .description('configuration sets (profiles, maps, routes, network): compare, try on recorded messages, activate');
  const command = (name: string, description: string) =>
    config
      .command(name)
      .description(description)
      .option('--store <store>', 'sqlite:FILE or postgres://…', 'sqlite:mgn-gateway.db')
      .addOption(languageOption());
  command('list', 'the stored sets, and when each was in force').action((options: ConfigOptions) =>
    withExisting(options, (store) => listSets(store)),
  );
  command('show [set]', 'the files of a set, by default of the one in force').action(
    (set: string | undefined, options: ConfigOptions) => withExisting(options, (store) => showSet(store, set)),
  );
  command('add <set>', 'compile a set and store it, without putting it into force')
    .addHelpText('after', `\n${setHelp}`)
    .action((set: string, options: ConfigOptions) => withStore(options, (store) => addSet(store, set)));
  command('diff [a] [b]', 'the differences between two sets, or between the one in force and another')
    .addHelpText('after', `\n${setHelp}\nExits with 1 when they differ.`)
    .action((a: string | undefined, b: string | undefined, options: ConfigOptions) =>
      withExisting(options, (store) => diffSets(store, a, b)),
    );
  command('shadow <set>', 'run a set over recorded messages next to the one in force, and report the differences')
    .option('--last <count>', 'number of messages, latest first', '1000')
    .option('--since <time>', 'only messages received since then, such as 2026-11-01')
    .option('--json', 'one JSON object')
    .addHelpText('after', `\n${setHelp}\nNothing is stored or sent. Exits with 1 when there are differences.`)
    .action((set: string, options: ConfigOptions & { last: string; since?: string; json?: true }) =>
      withExisting(options, (store) => shadowSet(store, set, options)),
    );
  command(
    'replay [id...]',
    'repeat recorded decisions, each with the set that made it, and compare the records byte for byte; by id of a message, or ServiceRequest/...',
  )
    .option('--last <count>', 'number of messages when none is named, latest first', '100')
    .option('--since <time>', 'only messages received since then, such as 2026-11-01')
    .addHelpText('after', '\nExits with 1 when any differs.')
    .action((ids: string[], options: ConfigOptions & { last: string; since?: string }) =>
      withExisting(options, (store) => replayMessages(store, ids, options)),
    );
  command('activate [set]', 'put a set into force for all gateways on the store, which switch to it within seconds')
    .option('--previous', 'the set that was in force before')
    .option('--without-shadow', 'even without a shadow run over the messages recorded here')
    .option(
      '--gateway <url>',
      'request it from a running gateway instead of writing to its store, such as http://localhost:8080',
      httpUrl,
    )
    .option('--token <token>', 'access token of the operator, for --gateway', process.env.MGN_TOKEN)
    .addHelpText('after', `\n${setHelp}`)
    .action(
      (
        set: string | undefined,
        { gateway, ...options }: ConfigOptions & Omit<AtGateway, 'gateway'> & { gateway?: string },
      ) =>
        gateway === undefined
          ? withStore(options, (store) => activateSet(store, set, options))
          : activateAt(set, { ...options, gateway }).then((said) => printResult(said, options.language)),
    );
};

/** A store that does not exist is a mistake in its address: an empty one in its place would answer that there is nothing. */
async function withExisting(options: ConfigOptions, run: (store: Store) => Promise<CommandResult>): Promise<void> {
  const existing = await openStoreToRead(options.store);
  if (existing.ok) {
    await existing.value.close();
    return withStore(options, run);
  }
  process.stderr.write(`${printIssues('--store', existing.issues, options.language).join('\n')}\n`);
  process.exitCode = 2;
}

async function withStore(
  { store: address, language }: ConfigOptions,
  run: (store: Store) => Promise<CommandResult>,
): Promise<void> {
  const opened = await openStore(address, { thread: 'none' });
  if (!opened.ok) {
    process.stderr.write(`${printIssues('--store', opened.issues, language).join('\n')}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    printResult(await run(opened.value), language);
  } finally {
    await opened.value.close();
  }
}

function printResult({ lines, issues = [], code }: CommandResult, language: Language): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  if (issues.length > 0) process.stderr.write(`${printIssues('configuration', issues, language).join('\n')}\n`);
  process.exitCode = code;
}
