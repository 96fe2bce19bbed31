import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { ReplayItem, Store } from '../../store/port.ts';
import { type Acting, bsnIssues, operatorEvent, reasonIssues } from '../acting.ts';
import {
  type Replay,
  type ReplayAs,
  type ReplayContent,
  type ReplayFilter,
  type ReplayOf,
  replayOf,
  storeFilter,
} from './content.ts';

export type ReplayWish = {
  readonly name: string;
  readonly of: ReplayOf;
  readonly as: ReplayAs;
  readonly dryRun: boolean;
  readonly filter: ReplayFilter;
  readonly reason: unknown;
};

/** How many a filter names at this moment. Issues: `operations-bsn`, `operations-request-invalid`. */
export async function countReplay(
  store: Pick<Store, 'selectDispatches' | 'refusedMessages'>,
  { of, filter }: Pick<ReplayWish, 'of' | 'filter'>,
  now: Date,
): Promise<Result<number>> {
  const wrong = filterIssues(of, filter);
  if (wrong.length) return failure(...wrong);
  let count = 0;
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await pageOf(
      store,
      of,
      { filter, createdAt: now, now },
      { count: 500, ...(cursor ? { cursor } : {}) },
    );
    count += page.sources.length;
    cursor = page.next;
    more = cursor !== undefined;
  }
  return success(count);
}

/** The next that a replay has to look at, by their ids. */
export async function pageOf(
  store: Pick<Store, 'selectDispatches' | 'refusedMessages'>,
  of: ReplayOf,
  { filter, createdAt, now }: { readonly filter: ReplayFilter; readonly createdAt: Date; readonly now: Date },
  page: { readonly cursor?: string; readonly count: number },
) {
  const wanted = storeFilter(filter, createdAt);
  if (of === 'deliveries') {
    const { items, next } = await store.selectDispatches(wanted, page);
    return { dispatches: items, sources: items.map(({ id }) => id), ...(next ? { next } : {}) };
  }
  if (namesDeliveries(filter)) return { dispatches: [], sources: [] };
  const { senders, traces, since, until, ids, codes } = wanted;
  const { items, next } = await store.refusedMessages({
    ...page,
    now,
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
    ...(senders?.length === 1 ? { partner: senders[0]! } : {}),
    ...(traces?.length === 1 ? { traceId: traces[0]! } : {}),
  });
  const among = (list: readonly string[] | undefined, value: string) => list === undefined || list.includes(value);
  const sources = items.flatMap((it) =>
    among(ids, it.id) &&
    among(senders, it.partner) &&
    among(traces, it.traceId) &&
    (codes === undefined || it.codes.some((code) => codes.includes(code)))
      ? it.id
      : [],
  );
  return { dispatches: [], sources, ...(next ? { next } : {}) };
}

/** A refused message has no deliveries: a part of a filter that is about them would be ignored, and all would be taken. */
const namesDeliveries = ({ recipients, messages, states }: ReplayFilter): boolean =>
  [recipients, messages, states].some((it) => it !== undefined);

function filterIssues(of: ReplayOf, filter: ReplayFilter): readonly Issue[] {
  const { since, until, ids, messages, traces, recipients, senders, codes } = filter;
  if (of === 'refused' && namesDeliveries(filter))
    return [
      issue('operations-request-invalid', {
        problem:
          'recipients, messages and states (--to, --message, --state) are about deliveries, and a refused message has none; use ids, traces, senders, codes, since, until',
      }),
    ];
  const isTime = (it: string | undefined) => it === undefined || !Number.isNaN(Date.parse(it));
  const lists = [ids, messages, traces, recipients, senders, codes].map((it) => it ?? []);
  if (!isTime(since) || !isTime(until)) return [issue('operations-request-invalid', { problem: 'since, until' })];
  if (lists.some(({ length }) => length > mostNamed))
    return [issue('operations-request-invalid', { problem: `more than ${mostNamed} values` })];
  return bsnIssues(...lists.flat());
}

/** Values of one part of a filter. */
const mostNamed = 1_000;

/**
 * Starts a replay under a name; the gateways on the store do it, one at a time, and go on after a restart where it was. Issues:
 * `replay-name-invalid`, `replay-exists`, `operations-reason-invalid`, `operations-bsn`, `operations-request-invalid`.
 */
export async function startReplay(acting: Acting, { name, reason, ...wish }: ReplayWish): Promise<Result<Replay>> {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/.test(name)) return failure(issue('replay-name-invalid', {}));
  const wrong = [...reasonIssues(reason), ...bsnIssues(name)];
  if (wrong.length) return failure(...wrong);
  const { store, world, by } = acting;
  const createdAt = world.now();
  const total = await countReplay(store, wish, createdAt);
  if (!total.ok) return total;
  const because = String(reason).trim();
  const content: ReplayContent = { ...wish, reason: because, by: by.person?.id ?? by.id, total: total.value };
  const event = operatorEvent(acting, 'start-replay', {
    codes: [name, because],
    details: { of: wish.of, as: wish.as, count: String(total.value), ...(wish.dryRun ? { 'dry-run': 'true' } : {}) },
  });
  const replay = { name, state: 'running', content: JSON.stringify(content), createdAt } as const;
  if (!(await store.addReplay(replay, [event]))) return failure(issue('replay-exists', { name }));
  return success(await replayOf(store, { ...replay, revision: 1 }));
}

/** Stops it after the step that is taken. What it sent is sent. Issues: `replay-unknown`, `replay-state`. */
export const cancelReplay = (acting: Acting, name: string): Promise<Result<Replay>> =>
  change(acting, name, { from: 'running', to: 'cancelled', interaction: 'cancel-replay' });

/** Goes on with one that was cancelled, where it was. Issues: `replay-unknown`, `replay-state`. */
export const continueReplay = (acting: Acting, name: string): Promise<Result<Replay>> =>
  change(acting, name, { from: 'cancelled', to: 'running', interaction: 'continue-replay' });

type Change = {
  readonly from: 'running' | 'cancelled';
  readonly to: 'running' | 'cancelled';
  readonly interaction: 'cancel-replay' | 'continue-replay';
};

async function change(acting: Acting, name: string, { from, to, interaction }: Change): Promise<Result<Replay>> {
  const { store, world } = acting;
  for (;;) {
    const stored = await store.replay(name);
    if (!stored) return failure(issue('replay-unknown', {}));
    if (stored.state !== from) return failure(issue('replay-state', { name, state: stored.state }));
    const changed = await store.stepReplay(name, {
      expect: stored.revision,
      state: to,
      content: stored.content,
      items: [],
      now: world.now(),
      audit: [operatorEvent(acting, interaction, { codes: [name] })],
    });
    // a step was taken in between
    if (changed) return success(await replayOf(store, { ...stored, state: to }));
  }
}

/** Every replay, latest first. */
export const listReplays = async (store: Pick<Store, 'replays' | 'replayCounts'>): Promise<readonly Replay[]> =>
  Promise.all((await store.replays()).map((it) => replayOf(store, it)));

/** One replay; undefined when there is none. */
export async function showReplay(
  store: Pick<Store, 'replay' | 'replayCounts'>,
  name: string,
): Promise<Replay | undefined> {
  const stored = await store.replay(name);
  return stored && replayOf(store, stored);
}

/** What was done with each, in order. */
export const replayItems = (
  store: Pick<Store, 'replayItems'>,
  name: string,
  page: { readonly cursor?: string; readonly count: number },
): Promise<{ readonly items: readonly ReplayItem[]; readonly next?: string }> => store.replayItems(name, page);
