import { withdrawalEvents } from '../../../audit/withdrawn.ts';
import { activeByTopic } from '../../../subscription/index.ts';
import type { Committed, PartnerId, Unannounced } from '../../port.ts';
import { configurationConflict, writeConfigurationUse } from '../configurations.ts';
import { directoryConflict, writeDirectory } from '../directory.ts';
import { readEntries } from '../journal/entry.ts';
import { factsOf, noFacts } from '../journal/facts.ts';
import { messageOf } from '../journal/message.ts';
import { doOnce } from '../once.ts';
import { withdrawAll } from '../outbox/operator-acts.ts';
import { writePlacerSubscription } from '../placer-subscriptions.ts';
import type { Sql } from '../sql.ts';
import { subscriptionConflict, writeSubscription } from '../subscriptions.ts';
import { writeUnknownCodes } from '../unknown-codes.ts';
import type { Writing } from '../writing.ts';
import { type Accepting, type Active, accept } from './accept.ts';
import type { CommitContext } from './context.ts';
import { type Refusal, refusalOf } from './decide.ts';
import { type Known, load } from './load.ts';
import type { PreparedCommit } from './prepare.ts';
import { rightsOn } from './rights.ts';
import { emptyRows } from './rows.ts';
import { writeRows } from './write.ts';

/** The outcome of a commit; whether it put anything in the outbox. The caller adds the resources, which it has. */
/** `sentTo`: the recipients of what it put in the outbox. */
export type CommitOutcome = { readonly committed: Committed; readonly sentTo: readonly PartnerId[] };

/** What commits are decided on, read before the lock was known to be there. */
export type LoadedBefore = { readonly active: readonly Active[]; readonly known: Known };

/** Reads it for commits that are decided together, before anything else is written; undefined when it depends on others. */
export async function loadBefore(
  sql: Sql,
  commits: readonly PreparedCommit[],
  { active: copy }: CommitContext,
): Promise<LoadedBefore | undefined> {
  const active = copy.last(commits);
  if (!commits.length || !active || !commits.every(isPlain)) return undefined;
  return { active, known: await load(sql, commits, activeByTopic(active)) };
}

/**
 * Writes commits in their order, each as a whole or not at all. Those that only write messages, resources and dispatches are
 * decided and written together; another one, which concerns more tables, is decided on what the ones before it wrote.
 * `before`: of `loadBefore`.
 */
export async function writeCommits(
  w: Writing,
  commits: readonly PreparedCommit[],
  context: CommitContext,
  before?: LoadedBefore,
): Promise<readonly CommitOutcome[]> {
  const outcomes: CommitOutcome[] = [];
  let together: PreparedCommit[] = [];
  const flush = async () => {
    if (together.length) outcomes.push(...(await writeGroup(w, together, context, before)));
    together = [];
  };
  for (const commit of commits) {
    if (isPlain(commit)) together.push(commit);
    else {
      await flush();
      outcomes.push(...(await writeGroup(w, [commit], context)));
    }
  }
  await flush();
  return outcomes;
}

/** It concerns the tables that are written together. */
export const isPlain = (it: PreparedCommit): boolean =>
  it.once === undefined &&
  it.configuration === undefined &&
  !it.revocations?.length &&
  !it.withdrawals?.length &&
  !it.directory?.length &&
  !it.subscriptions?.length &&
  !it.placerSubscriptions?.length;

async function writeGroup(
  w: Writing,
  commits: readonly PreparedCommit[],
  context: CommitContext,
  before?: LoadedBefore,
): Promise<readonly CommitOutcome[]> {
  const { active: copy, newId, wrote } = context;
  const current = await copy.read(w, commits);
  const active = activeByTopic(current);
  // another gateway may have changed a Subscription since
  const known = before?.active === current ? before.known : await load(w.sql, commits, active);
  const accepting: Accepting = { known, rows: emptyRows(rightsOn(known.masks)), active, newId };
  const results: (Refusal | CommitOutcome)[] = [];
  const unknownCodes: Parameters<typeof writeUnknownCodes>[1][number][] = [];
  for (const commit of commits) {
    const refusal = refusalOf(known, commit) ?? (isPlain(commit) ? undefined : await refusalOfOthers(w, commit));
    if (refusal) {
      results.push(refusal);
      continue;
    }
    const withdrawn = isPlain(commit) ? noFacts : await writeOthers(w, commit, newId);
    const { message, unknownCodes: seen = [] } = commit;
    const isEmpty = !commit.changes.length && !message && !commit.dispatches?.length && !commit.announce;
    const hasFacts = commit.facts.texts.length + withdrawn.texts.length > 0;
    if (isEmpty && !hasFacts && !commit.grants?.length && !commit.revocations?.length) {
      results.push({ committed: { kind: 'committed', resources: [] }, sentTo: [] });
      continue;
    }
    const { unannounced, sentTo } = accept(accepting, commit, withdrawn, w.nextEntry);
    if (message && seen.length) unknownCodes.push({ message, seen });
    results.push({ committed: committedWith(unannounced), sentTo });
  }
  await writeRows(w, accepting.rows, known, context);
  wrote(accepting.rows.written);
  if (accepting.rows.events.length) copy.keep(w);
  writeUnknownCodes(w.sql, unknownCodes);
  return answered(w, results);
}

const committedWith = (unannounced: readonly Unannounced[]): Committed => ({
  kind: 'committed',
  resources: [],
  ...(unannounced.length ? { unannounced } : {}),
});

async function refusalOfOthers({ sql }: Writing, it: PreparedCommit): Promise<Refusal | undefined> {
  const refused = (committed: Committed | undefined): Refusal | undefined =>
    committed && { kind: 'refused', committed };
  for (const entry of it.directory ?? []) {
    const conflict = refused(await directoryConflict(sql, entry));
    if (conflict) return conflict;
  }
  for (const change of it.subscriptions ?? []) {
    const conflict = refused(await subscriptionConflict(sql, change));
    if (conflict) return conflict;
  }
  const conflict = it.configuration && refused(await configurationConflict(sql, it.configuration));
  if (conflict) return conflict;
  const isDone = it.once !== undefined && !(await doOnce(sql, it.once, it.now));
  return isDone ? { kind: 'refused', committed: { kind: 'done' } } : undefined;
}

/** The tables that few commits concern. Returns the audit events of deliveries that it withdraws. */
async function writeOthers(w: Writing, it: PreparedCommit, newId: CommitContext['newId']) {
  const { now, revocations = [], withdrawals = [] } = it;
  const withdrawn = await withdrawAll(w, { now, revocations, withdrawals });
  for (const change of it.subscriptions ?? []) await writeSubscription(w, change, now);
  for (const known of it.placerSubscriptions ?? []) await writePlacerSubscription(w.sql, known);
  for (const entry of it.directory ?? []) await writeDirectory(w.sql, entry, now);
  if (it.configuration) await writeConfigurationUse(w.sql, it.configuration, now);
  const facts = it.auditWithdrawn;
  return facts ? factsOf(withdrawalEvents(facts, withdrawn, { at: now, newId: () => newId(now) })) : noFacts;
}

/** Reads the messages that refusals name: an earlier one of the same group is stored by now. */
async function answered(
  { sql }: Writing,
  results: readonly (Refusal | CommitOutcome)[],
): Promise<readonly CommitOutcome[]> {
  const named = results.flatMap((it) => ('earlier' in it ? it.earlier.entry : []));
  const messages = new Map((await readEntries(sql, [...new Set(named)])).map((it) => [it.seq, messageOf(it)]));
  const earlierOf = (entry: number) => {
    const message = messages.get(entry);
    if (!message) throw new Error(`Entry ${entry} of the journal has no message.`);
    return message;
  };
  return results.map((it) => {
    if (!('kind' in it)) return it;
    if (it.kind === 'refused') return { committed: it.committed, sentTo: [] };
    const earlier = earlierOf(it.earlier.entry);
    if (it.kind === 'sent-before') return { committed: { kind: it.as, earlier }, sentTo: [] };
    const { content, location } = it.earlier;
    return { committed: { kind: 'resent', earlier: { message: earlier, content, location } }, sentTo: [] };
  });
}
