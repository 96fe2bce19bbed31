import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readCursor, writeCursor } from '../store/cursor.ts';
import type { DispatchStatus, Store } from '../store/port.ts';
import { orderStatus } from '../tracker/index.ts';
import { bsnIssues } from './acting.ts';

/**
 * Of a message: `failed`, a delivery of it was given up or set aside; `waiting`, one waits; `delivered`, all arrived, were
 * withdrawn or skipped; `stored`, it had none; `refused`, it was not accepted.
 */
export const messageStates = ['failed', 'waiting', 'delivered', 'stored', 'refused'] as const;
export type MessageState = (typeof messageStates)[number];

export type MessageQuery = {
  /** Id or business identifier of an order, or its Task. */
  readonly order?: string;
  readonly sender?: string;
  readonly receiver?: string;
  readonly state?: MessageState;
  readonly since?: Date;
  readonly until?: Date;
  readonly trace?: string;
  /** Of a finding of a refusal, or of the reason why a delivery failed. */
  readonly code?: string;
  readonly cursor?: string;
  readonly count: number;
};

/** A message: ids, codes and times. Never content, nor a name or number of a person. */
export type MessageLine = {
  readonly id: string;
  readonly sender: string;
  readonly state: MessageState;
  readonly receivedAt: Date;
  readonly requestId: string;
  readonly traceId: string;
  /** Digest of the configuration set that decided. */
  readonly configuration: string;
  readonly codes: readonly string[];
  readonly deliveries: readonly MessageDelivery[];
};

export type MessageDelivery = {
  readonly id: string;
  readonly receiver: string;
  readonly kind: string;
  readonly state: DispatchStatus['state'] | 'set-aside';
  readonly because?: string;
};

export type MessagePage = { readonly items: readonly MessageLine[]; readonly next?: string };

type Reading = Pick<Store, 'messageHeads' | 'deliveriesOfMessages' | 'refusedMessages' | 'read' | 'search' | 'audit'> &
  Parameters<typeof orderStatus>[0];

/** Messages of one page that are looked at: with few hits a page has fewer than asked, and says where to continue. */
const mostLookedAt = 2_000;
const together = 200;

/**
 * Messages, latest first, accepted ones and those that were refused and are retained. A page looks at a bounded number of them.
 * Issues: `operations-bsn`, `operations-request-invalid`.
 */
export async function findMessages(store: Reading, query: MessageQuery, now: Date): Promise<Result<MessagePage>> {
  const wrong = wrongIn(query);
  if (wrong.length) return failure(...wrong);
  const start = query.cursor === undefined ? [last, last] : readCursor(query.cursor, 2);
  if (!start) return failure(issue('operations-request-invalid', { problem: 'cursor' }));
  const traces = await tracesOf(store, query);
  if (traces?.length === 0) return success({ items: [] });
  if (traces && traces.length > 1) return ofTraces(store, query, traces, now);
  return page(store, { ...query, ...(traces?.[0] ? { trace: traces[0] } : {}) }, start as [number, number], now);
}

const last = Number.MAX_SAFE_INTEGER;

const wrongIn = ({ order, sender, receiver, trace, code }: MessageQuery): readonly Issue[] =>
  bsnIssues(order, sender, receiver, trace, code);

/** Undefined: of any trace. */
async function tracesOf(store: Reading, { order, trace }: MessageQuery): Promise<readonly string[] | undefined> {
  if (order === undefined) return trace === undefined ? undefined : [trace.toLowerCase()];
  const found = await orderStatus(store, order);
  const traces = [...new Set(found.flatMap((it) => it.traces))];
  return trace === undefined ? traces : traces.filter((it) => it === trace.toLowerCase());
}

/** An order has a handful of traces, each with a handful of messages: one page. */
async function ofTraces(store: Reading, query: MessageQuery, traces: readonly string[], now: Date) {
  const lines: MessageLine[] = [];
  for (const trace of traces) {
    const found = await page(store, { ...query, trace, count: mostLookedAt }, [last, last], now);
    if (!found.ok) return found;
    lines.push(...found.value.items);
  }
  lines.sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
  return success({ items: lines.slice(0, mostLookedAt) });
}

/** A page: accepted and refused messages merged by time. Its cursor has the place in both. */
async function page(
  store: Reading,
  query: MessageQuery,
  [afterMessage, afterRefused]: readonly [number, number],
  now: Date,
): Promise<Result<MessagePage>> {
  const { count, state } = query;
  const accepted = state === 'refused' ? ended(afterMessage) : await acceptedLines(store, query, afterMessage);
  const isRefusedAsked = (state === undefined || state === 'refused') && query.receiver === undefined;
  const refused = isRefusedAsked ? await refusedLines(store, query, afterRefused, now) : ended(afterRefused);
  const all = [...accepted.lines, ...refused.lines].sort(
    (a, b) => b.line.receivedAt.getTime() - a.line.receivedAt.getTime(),
  );
  const shown = all.slice(0, count);
  const isCut = all.length > shown.length;
  const place = (of: Scan, kind: Placed['kind'], before: number) => {
    const mine = shown.filter((it) => it.kind === kind);
    // what was found and is not shown is looked at again
    return of.lines.length > mine.length ? (mine.at(-1)?.place ?? before) : of.after;
  };
  const hasMore = isCut || accepted.hasMore || refused.hasMore;
  const next = [place(accepted, 'message', afterMessage), place(refused, 'refused', afterRefused)];
  return success({ items: shown.map(({ line }) => line), ...(hasMore ? { next: writeCursor(next) } : {}) });
}

type Placed = { readonly kind: 'message' | 'refused'; readonly place: number; readonly line: MessageLine };
type Scan = { readonly lines: readonly Placed[]; readonly after: number; readonly hasMore: boolean };

const ended = (after: number): Scan => ({ lines: [], after, hasMore: false });

async function acceptedLines(store: Reading, query: MessageQuery, start: number): Promise<Scan> {
  const { sender, trace, since, until, count } = query;
  const lines: Placed[] = [];
  let after = start;
  for (let looked = 0; looked < mostLookedAt; ) {
    const size = Math.min(together, Math.max(count, 20));
    const { items, next } = await store.messageHeads({
      cursor: writeCursor([after]),
      count: size,
      ...(sender === undefined ? {} : { partner: sender }),
      ...(trace === undefined ? {} : { traceId: trace }),
    });
    looked += items.length;
    const deliveries = await deliveriesOf(
      store,
      items.map(({ id }) => id),
    );
    for (const { seq, status: _, partner, ...head } of items) {
      after = seq;
      if (since && head.receivedAt < since) return { lines, after, hasMore: false };
      const own = deliveries.get(head.id) ?? [];
      const line: MessageLine = {
        ...head,
        sender: partner,
        state: stateOf(own),
        codes: [...new Set(own.flatMap(({ because }) => (because ? because.split(':', 1) : [])))],
        deliveries: own,
      };
      if ((until && head.receivedAt >= until) || !isAsked(line, query)) continue;
      lines.push({ kind: 'message', place: seq, line });
      if (lines.length > count) return { lines, after, hasMore: true };
    }
    if (!next) return { lines, after, hasMore: false };
  }
  return { lines, after, hasMore: true };
}

async function refusedLines(store: Reading, query: MessageQuery, start: number, now: Date): Promise<Scan> {
  const { sender, trace, since, until, count } = query;
  const lines: Placed[] = [];
  let after = start;
  for (let looked = 0; looked < mostLookedAt; ) {
    const { items, next } = await store.refusedMessages({
      now,
      cursor: writeCursor([after]),
      count: together,
      ...(sender === undefined ? {} : { partner: sender }),
      ...(trace === undefined ? {} : { traceId: trace }),
      ...(since ? { since } : {}),
      ...(until ? { until } : {}),
    });
    looked += items.length;
    for (const { seq, partner, id, codes, receivedAt, requestId, traceId, configuration } of items) {
      after = seq;
      const ids = { id, sender: partner, receivedAt, requestId, traceId, configuration };
      const line: MessageLine = { ...ids, state: 'refused', codes, deliveries: [] };
      if (!isAsked(line, query)) continue;
      lines.push({ kind: 'refused', place: seq, line });
      if (lines.length > count) return { lines, after, hasMore: true };
    }
    if (!next) return { lines, after, hasMore: false };
  }
  return { lines, after, hasMore: true };
}

const isAsked = (line: MessageLine, { state, receiver, code }: MessageQuery): boolean =>
  (state === undefined || line.state === state) &&
  (receiver === undefined || line.deliveries.some((it) => it.receiver === receiver)) &&
  (code === undefined || line.codes.includes(code));

const stateOf = (deliveries: readonly MessageDelivery[]): MessageState => {
  if (deliveries.length === 0) return 'stored';
  if (deliveries.some(({ state }) => state === 'dead' || state === 'set-aside')) return 'failed';
  return deliveries.some(({ state }) => state === 'waiting') ? 'waiting' : 'delivered';
};

async function deliveriesOf(
  store: Pick<Store, 'deliveriesOfMessages'>,
  messages: readonly string[],
): Promise<ReadonlyMap<string, readonly MessageDelivery[]>> {
  const found = new Map<string, MessageDelivery[]>();
  for (const it of await store.deliveriesOfMessages(messages)) {
    const line: MessageDelivery = {
      id: it.id,
      receiver: it.recipient,
      kind: it.kind,
      state: it.aside ? 'set-aside' : it.state,
      ...(it.because === undefined ? {} : { because: it.because }),
    };
    const messageId = it.messageId ?? '';
    found.set(messageId, [...(found.get(messageId) ?? []), line]);
  }
  return found;
}
