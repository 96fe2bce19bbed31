import type { Command } from 'commander';
import type { Issue } from '../fhir/issue.ts';
import { printIssues } from '../main/print-issues.ts';
import { openStore } from '../main.ts';
import type { Store } from '../store/port.ts';
import { activateSet } from './config-activate.ts';
import { type AtGateway, activateAt } from './config-at-gateway.ts';
import { diffSets } from './config-diff.ts';
import { addSet, listSets, showSet } from './config-list.ts';
import { replayMessages } from './config-replay.ts';
import { shadowSet } from './config-shadow.ts';
import { httpUrl, type Language, languageOption } from './options.ts';

/** What a command says, and how it ends: 0 well (or no difference), 1 a difference, 2 it could not be done. */
export type Said = { readonly lines: readonly string[]; readonly issues?: readonly Issue[]; readonly code: 0 | 1 | 2 };

export type ConfigOptions = { readonly store: string; readonly language: Language };

const setHelp =
  'A set is a folder with profiles/, mappings/ and network/ (what is not in it is taken from the set in force), or the beginning of the digest of a set that the store knows.';

/** `mgn config`: what decides, as sets of files named by their content. docs/operate/configuration.md. */
export const registerConfig = (program: Command): void => {
  const config = program
    .command('config')
    .description('what decides (profiles, maps, routes, network): compare, try on recorded messages, change over');
  const command = (name: string, description: string) =>
    config
      .command(name)
      .description(description)
      .option('--store <store>', 'sqlite:FILE', 'sqlite:mgn-gateway.db')
      .addOption(languageOption());
  command('list', 'the sets that the store knows, and when each decided').action((options: ConfigOptions) =>
    told(options, (store) => listSets(store)),
  );
  command('show [set]', 'the files of a set; of the one in force when none is named').action(
    (set: string | undefined, options: ConfigOptions) => told(options, (store) => showSet(store, set)),
  );
  command('add <set>', 'compile a set and keep it in the store, without putting it into force')
    .addHelpText('after', `\n${setHelp}`)
    .action((set: string, options: ConfigOptions) => told(options, (store) => addSet(store, set)));
  command('diff [a] [b]', 'what differs between two sets; against the one in force when only one is named')
    .addHelpText('after', `\n${setHelp}\nEnds with 1 when they differ.`)
    .action((a: string | undefined, b: string | undefined, options: ConfigOptions) =>
      told(options, (store) => diffSets(store, a, b)),
    );
  command('shadow <set>', 'run a set over recorded messages beside the one in force, and tell what would differ')
    .option('--last <count>', 'how many messages, the latest first', '1000')
    .option('--since <time>', 'only what was received since then, such as 2026-11-01')
    .option('--json', 'one JSON object')
    .addHelpText('after', `\n${setHelp}\nNothing is stored or sent. Ends with 1 when anything would differ.`)
    .action((set: string, options: ConfigOptions & { last: string; since?: string; json?: true }) =>
      told(options, (store) => shadowSet(store, set, options)),
    );
  command(
    'replay [id...]',
    'make recorded decisions again, each by the set that made it: the same record, to the byte? Of messages, or of ServiceRequest/...',
  )
    .option('--last <count>', 'how many messages when none is named, the latest first', '100')
    .option('--since <time>', 'only what was received since then, such as 2026-11-01')
    .addHelpText('after', '\nEnds with 1 when any comes out other.')
    .action((ids: string[], options: ConfigOptions & { last: string; since?: string }) =>
      told(options, (store) => replayMessages(store, ids, options)),
    );
  command('activate [set]', 'put a set into force for all gateways on the store, which go over to it within seconds')
    .option('--previous', 'the set that was in force before')
    .option('--without-shadow', 'also when nobody saw what it changes for the messages recorded here')
    .option(
      '--gateway <url>',
      'ask a gateway that runs instead of writing in its store, such as http://localhost:8080',
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
          ? told(options, (store) => activateSet(store, set, options))
          : activateAt(set, { ...options, gateway }).then((said) => say(said, options.language)),
    );
};

async function told({ store: address, language }: ConfigOptions, run: (store: Store) => Promise<Said>): Promise<void> {
  const opened = await openStore(address);
  if (!opened.ok) {
    process.stderr.write(`${printIssues('--store', opened.issues, language).join('\n')}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    say(await run(opened.value), language);
  } finally {
    await opened.value.close();
  }
}

function say({ lines, issues = [], code }: Said, language: Language): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  if (issues.length > 0) process.stderr.write(`${printIssues('configuration', issues, language).join('\n')}\n`);
  process.exitCode = code;
}
