import type { SentTo, Store } from '../port.ts';
import { type CommitOutcome, isPlain, type LoadedBefore, loadBefore, writeCommits } from './commit/commits.ts';
import type { CommitContext } from './commit/context.ts';
import type { PreparedCommit } from './commit/prepare.ts';
import { addConfiguration } from './configurations.ts';
import { addDraft, changeDraft, removeDraft } from './drafts.ts';
import { heartbeat } from './heartbeat.ts';
import type { Facts } from './journal/facts.ts';
import { lease } from './once.ts';
import { noteFailure } from './operations/failures.ts';
import { holdPartner, releasePartner } from './operations/holds.ts';
import { removeRefused, retainRefused } from './operations/refused.ts';
import { addReplay, stepReplay } from './operations/replays.ts';
import type { AttemptedByPlace } from './outbox/attempts.ts';
import { claim, release, renew } from './outbox/claims.ts';
import { attemptedBefore, ended } from './outbox/ended.ts';
import type { Ending } from './outbox/ending.ts';
import { requeue, skip } from './outbox/operator-acts.ts';
import { removeExpired } from './retention/step.ts';
import { addSession, changeSession, endSessions } from './sessions.ts';
import { type Sql, together } from './sql.ts';
import { encryptTexts } from './vault/encrypt-texts.ts';
import { erasePerson } from './vault/erase.ts';
import { renewIndex, rewrapKeys } from './vault/keep.ts';
import { type Writing, writeTogether } from './writing.ts';

/** Something to be written, as plain data: it is sent to the thread of the store. */
export type Job =
  | { readonly kind: 'commit'; readonly commit: PreparedCommit }
  | { readonly kind: 'audit'; readonly audit: { readonly facts: Facts; readonly at: number } }
  | { readonly kind: 'ended'; readonly ending: Ending }
  | { readonly kind: 'act'; readonly act: Act };

/** A write of its own, by the name of the method of the port. */
export type Act = {
  [Name in keyof Acts]: { readonly name: Name; readonly given: Parameters<Store[Name]> };
}[keyof Acts];

type Acts = Pick<
  Store,
  | 'claim'
  | 'renew'
  | 'release'
  | 'requeue'
  | 'skip'
  | 'heartbeat'
  | 'lease'
  | 'addConfiguration'
  | 'ready'
  | 'removeExpired'
  | 'rewrapKeys'
  | 'renewIndex'
  | 'encryptTexts'
  | 'erasePerson'
  | 'addSession'
  | 'changeSession'
  | 'endSessions'
  | 'addDraft'
  | 'changeDraft'
  | 'removeDraft'
  | 'holdPartner'
  | 'releasePartner'
  | 'noteFailure'
  | 'addReplay'
  | 'stepReplay'
  | 'retainRefused'
  | 'removeRefused'
>;

/** Results of jobs, in their order: `CommitOutcome`, or what the method of the port resolves with. */
export type JobResult = CommitOutcome | unknown;

/** To whom something can be sent now that could not before the job was done. */
export function sentTo(job: Job, result: JobResult): SentTo {
  if (job.kind === 'commit') return (result as CommitOutcome).sentTo;
  const isPutBack = job.kind === 'act' && putsBack.has(job.act.name) && Boolean(result);
  return isPutBack ? 'anyone' : [];
}

const putsBack: ReadonlySet<string> = new Set(['heartbeat', 'requeue', 'skip', 'releasePartner', 'stepReplay']);

const commitsOf = (jobs: readonly Job[]) => jobs.flatMap((job) => (job.kind === 'commit' ? job.commit : []));
const endingsOf = (jobs: readonly Job[]) => jobs.flatMap((job) => (job.kind === 'ended' ? job.ending : []));

/** What the first jobs are decided on. */
export type ReadBefore = {
  readonly loaded: LoadedBefore | undefined;
  readonly attempted: AttemptedByPlace | undefined;
};

/** Reads it all at once, when no job before changes it: see `Database.writing`. */
export async function readBefore(sql: Sql, jobs: readonly Job[], context: CommitContext): Promise<ReadBefore> {
  const act = jobs.findIndex(({ kind }) => kind === 'act');
  const first = act < 0 ? jobs : jobs.slice(0, act);
  const commits = commitsOf(first);
  const [loaded, attempted] = await together(sql, [
    () => loadBefore(sql, commits, context),
    async () => (commits.every(isPlain) ? attemptedBefore(sql, endingsOf(first)) : undefined),
  ]);
  return { loaded, attempted };
}

/**
 * Runs jobs in one transaction. Commits are written together, and so are endings; acts keep their place among them.
 * `before`: of `readBefore`.
 */
export async function runJobs(
  sql: Sql,
  jobs: readonly Job[],
  context: CommitContext,
  before?: ReadBefore,
): Promise<readonly JobResult[]> {
  const work = async (w: Writing) => {
    const results: JobResult[] = new Array(jobs.length);
    let start = 0;
    while (start < jobs.length) {
      const act = jobs.findIndex((it, index) => index >= start && it.kind === 'act');
      const end = act < 0 ? jobs.length : act;
      const known = start === 0 ? before : undefined;
      await runSegment(w, jobs.slice(start, end), { context, known }, (index, result) => {
        results[start + index] = result;
      });
      const job = jobs[end];
      if (job?.kind === 'act') results[end] = await runAct(w, job.act, context);
      start = end + 1;
    }
    return results;
  };
  return writeTogether(sql, work, { hasChain: context.hasChain });
}

async function runSegment(
  w: Writing,
  jobs: readonly Job[],
  { context, known }: { readonly context: CommitContext; readonly known: ReadBefore | undefined },
  settle: (index: number, result: JobResult) => void,
): Promise<void> {
  const indexed = jobs.map((job, index) => ({ job, index }));
  const commits = indexed.flatMap(({ job, index }) => (job.kind === 'commit' ? { index, commit: job.commit } : []));
  const endings = indexed.flatMap(({ job, index }) => (job.kind === 'ended' ? { index, ending: job.ending } : []));
  const outcomes = await writeCommits(
    w,
    commits.map(({ commit }) => commit),
    context,
    known?.loaded,
  );
  for (const [n, { index }] of commits.entries()) settle(index, outcomes[n]);
  const areRecorded = await ended(
    w,
    endings.map(({ ending }) => ending),
    known?.attempted,
  );
  for (const [n, { index }] of endings.entries()) settle(index, areRecorded[n]);
  for (const { job } of indexed) if (job.kind === 'audit') w.record(job.audit.facts, job.audit.at);
}

async function runAct(w: Writing, act: Act, { entries, newId, indexing }: CommitContext): Promise<unknown> {
  switch (act.name) {
    case 'claim':
      return claim(w, entries(w.sql), ...act.given);
    case 'renew':
      return renew(w, ...act.given);
    case 'release':
      return release(w, ...act.given);
    case 'requeue':
      return requeue(w, ...act.given);
    case 'skip':
      return skip(w, ...act.given);
    case 'heartbeat':
      return heartbeat(w, ...act.given, newId);
    case 'lease':
      return lease(w.sql, ...act.given);
    case 'addConfiguration':
      return addConfiguration(w.sql, ...act.given);
    case 'removeExpired':
      return removeExpired(w, act.given, { newId, indexing });
    case 'rewrapKeys':
      return rewrapKeys(w.sql, ...act.given);
    case 'renewIndex':
      return renewIndex(w.sql);
    case 'encryptTexts':
      return encryptTexts(w.sql, ...act.given);
    case 'erasePerson':
      return erasePerson(w, ...act.given, { newId, indexing });
    case 'addSession':
      return addSession(w.sql, ...act.given);
    case 'changeSession':
      return changeSession(w.sql, ...act.given);
    case 'endSessions':
      return endSessions(w.sql, ...act.given);
    case 'addDraft':
      return addDraft(w.sql, ...act.given);
    case 'changeDraft':
      return changeDraft(w.sql, ...act.given);
    case 'removeDraft':
      return removeDraft(w.sql, ...act.given);
    case 'holdPartner':
      return holdPartner(w, ...act.given);
    case 'releasePartner':
      return releasePartner(w, ...act.given);
    case 'noteFailure':
      return noteFailure(w, ...act.given);
    case 'addReplay':
      return addReplay(w, ...act.given);
    case 'stepReplay':
      return stepReplay(w, ...act.given);
    case 'retainRefused':
      return retainRefused(w, ...act.given);
    case 'removeRefused':
      return removeRefused(w, ...act.given);
    // A real write: on a full disk an empty transaction would succeed.
    case 'ready':
      return (await w.sql.run("update meta set value = value where name = 'schema'")) === 1;
  }
}
