import { createInterface } from 'node:readline/promises';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { catalogue } from '../../fhir/catalogue/index.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { world } from '../../main.ts';
import {
  cancelReplay,
  continueReplay,
  countReplay,
  listReplays,
  type Replay,
  type ReplayAs,
  type ReplayFilter,
  replayItems,
  showReplay,
  startReplay,
} from '../../operations/index.ts';
import type { DispatchState, Store } from '../../store/port.ts';
import { progressOn } from '../progress.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';
import { onExistingStore } from '../writing-store.ts';
import { actingOn, among, momentIn } from './operator.ts';

type FilterOptions = {
  readonly id?: readonly string[];
  readonly message?: readonly string[];
  readonly trace?: readonly string[];
  readonly to?: readonly string[];
  readonly from?: readonly string[];
  readonly state?: readonly string[];
  readonly code?: readonly string[];
  readonly since?: Date;
  readonly until?: Date;
  readonly refused?: true;
};

type StartOptions = StoreOptions &
  FilterOptions & {
    readonly reason: string;
    readonly as: ReplayAs;
    readonly dryRun?: true;
    readonly yes?: true;
    readonly wait?: true;
  };

const states: readonly DispatchState[] = ['waiting', 'delivered', 'dead', 'skipped'];

const withFilter = (command: Command): Command =>
  withStoreOptions(command)
    .option('--id <id>', 'a delivery, or a refused message; repeat for several', among)
    .option('--message <id>', 'deliveries of this message', among)
    .option('--trace <id>', 'of this journey', among)
    .option('--to <partner>', 'to this partner', among)
    .option('--from <partner>', 'of messages of this partner', among)
    .addOption(new Option('--state <state>', 'in this state').choices([...states]).argParser(stateIn))
    .option('--code <code>', 'whose reason begins with this code', among)
    .option('--since <time>', 'since a day, an instant, or 2h', momentIn)
    .option('--until <time>', 'before', momentIn)
    .option('--refused', 'refused messages that are retained, instead of deliveries');

function stateIn(text: string, before: readonly string[] = []): readonly string[] {
  if (!states.some((it) => it === text)) throw new Error(`Use one of ${states.join(', ')}.`);
  return [...before, text];
}

const help = `
The gateway on the store sends them, and goes on where it was after a restart. What may not be disclosed any more is not sent,
whichever configuration made it. A receiver that honours If-None-Exist stores nothing twice. See docs/operate/operations.md.`;

/** `mgn replay`: sends again under a name; on the store, next to a running gateway. */
export const registerReplay = (program: Command): void => {
  const replay = program.command('replay').description('send deliveries or refused messages again, under a name');
  withFilter(replay.command('count').description('how many a filter names; nothing is sent')).action(
    (options: StoreOptions & FilterOptions) =>
      readingStore(options, async (store) => {
        const counted = await countReplay(store, wishOf(options), world.now());
        if (!counted.ok) return counted.issues;
        process.stdout.write(`${counted.value}\n`);
        return [];
      }),
  );
  withFilter(replay.command('start <name>').description('start a replay, after the count; asks on a terminal'))
    .requiredOption('--reason <text>', 'why; recorded in the audit trail, no personal data')
    .addOption(
      new Option('--as <as>', 'ran: as it was made then; now: made anew by the configuration in force')
        .choices(['ran', 'now'])
        .default('ran'),
    )
    .option('--dry-run', 'send nothing, and count what would be sent')
    .option('--yes', 'do not ask')
    .option('--wait', 'stay until it is done')
    .addHelpText('after', help)
    .action((name: string, options: StartOptions) => onExistingStore(options, (store) => start(store, name, options)));
  withStoreOptions(replay.command('list').description('all replays, latest first')).action((options: StoreOptions) =>
    readingStore(options, async (store) => {
      for (const it of await listReplays(store)) process.stdout.write(`${said(it, options)}\n`);
      return [];
    }),
  );
  withStoreOptions(replay.command('show <name>').description('how far a replay is'))
    .option('--items', 'what was done with each')
    .action((name: string, options: StoreOptions & { readonly items?: true }) =>
      readingStore(options, (store) => show(store, name, options)),
    );
  withStoreOptions(replay.command('cancel <name>').description('stop a replay; what it sent is sent')).action(
    (name: string, options: StoreOptions) =>
      onExistingStore(options, async (store) => tell(await cancelReplay(actingOn(store), name), options)),
  );
  withStoreOptions(replay.command('continue <name>').description('go on with a cancelled replay where it was'))
    .option('--wait', 'stay until it is done')
    .action((name: string, options: StoreOptions & { readonly wait?: true }) =>
      onExistingStore(options, async (store) => {
        const continued = await continueReplay(actingOn(store), name);
        return continued.ok && options.wait ? waitFor(store, name, options) : tell(continued, options);
      }),
    );
};

const wishOf = (it: FilterOptions) => ({
  of: it.refused ? ('refused' as const) : ('deliveries' as const),
  filter: filterOf(it),
});

function filterOf({ id, message, trace, to, from, state, code, since, until }: FilterOptions): ReplayFilter {
  const filter = {
    ...(id ? { ids: id } : {}),
    ...(message ? { messages: message } : {}),
    ...(trace ? { traces: trace } : {}),
    ...(to ? { recipients: to } : {}),
    ...(from ? { senders: from } : {}),
    ...(state ? { states: state as readonly DispatchState[] } : {}),
    ...(code ? { codes: code } : {}),
    ...(since ? { since: since.toISOString() } : {}),
    ...(until ? { until: until.toISOString() } : {}),
  };
  if (Object.keys(filter).length === 0)
    throw new Error('Name what to send again: --to, --from, --since, --id, --code ...');
  return filter;
}

async function start(store: Store, name: string, options: StartOptions): Promise<readonly Issue[]> {
  const wish = wishOf(options);
  const counted = await countReplay(store, wish, world.now());
  if (!counted.ok) return counted.issues;
  if (!options.json) process.stdout.write(`${counted.value} to look at\n`);
  if (!options.yes && !(await agreed(name))) return [];
  const { as, dryRun = false, reason } = options;
  const started = await startReplay(actingOn(store), { name, ...wish, as, dryRun, reason });
  return started.ok && options.wait ? waitFor(store, name, options) : tell(started, options);
}

/** Without a terminal nobody can be asked: `--yes` is required there. */
async function agreed(name: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('Nothing was sent. Add --yes to start it without a question.');
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`Start ${name}? [y/N] `);
  asking.close();
  return /^(y|yes|j|ja)$/i.test(answer.trim());
}

const tell = (changed: Awaited<ReturnType<typeof cancelReplay>>, options: StoreOptions): readonly Issue[] => {
  if (!changed.ok) return changed.issues;
  process.stdout.write(`${said(changed.value, options)}\n`);
  return [];
};

/** What an outcome means, when it is a code of the catalogue without places to fill. */
const meaning = (outcome: string, language: StoreOptions['language']): string =>
  outcome === 'replay-overlap' ? `: ${catalogue[outcome][language]}` : '';

const said = (it: Replay, { json, language }: StoreOptions): string =>
  json
    ? JSON.stringify(it)
    : [
        `${it.name}  ${it.state}${it.dryRun ? ' (dry run)' : ''}  ${it.done} of ${it.total}, as it ${it.as === 'ran' ? 'ran' : 'is now'}`,
        `  ${it.createdAt.toISOString()} by ${it.by}: ${it.reason}`,
        ...Object.entries(it.counts).map(([outcome, count]) => `  ${count} ${outcome}${meaning(outcome, language)}`),
      ].join('\n');

async function show(
  store: Store,
  name: string,
  options: StoreOptions & { readonly items?: true },
): Promise<readonly Issue[]> {
  const found = await showReplay(store, name);
  if (!found) return [issue('replay-unknown', {})];
  process.stdout.write(`${said(found, options)}\n`);
  if (!options.items) return [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await replayItems(store, name, { count: 500, ...(cursor ? { cursor } : {}) });
    for (const it of page.items)
      process.stdout.write(
        `${options.json ? JSON.stringify(it) : `  ${it.source}  ${it.outcome}${it.dispatch && it.dispatch !== it.source ? `  as ${it.dispatch}` : ''}`}\n`,
      );
    cursor = page.next;
    more = cursor !== undefined;
  }
  return [];
}

async function waitFor(store: Store, name: string, options: StoreOptions): Promise<readonly Issue[]> {
  const progress = progressOn(process.stderr, options.language);
  for (;;) {
    const found = await showReplay(store, name);
    if (!found) return [issue('replay-unknown', {})];
    if (found.state !== 'running') {
      progress.clear();
      process.stdout.write(`${said(found, options)}\n`);
      return [];
    }
    progress.report('replay', found.done, found.total);
    await pauseFor(200);
  }
}
