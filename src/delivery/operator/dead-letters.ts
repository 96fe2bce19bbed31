import type { Attempt, DispatchStatus, Store } from '../../store/port.ts';

/**
 * A delivery on the operator's list: given up, or set aside while others of its receiver continue. Ids, codes and times;
 * no content, no address, no person.
 */
export type DeadLetter = {
  readonly id: string;
  readonly partner: string;
  readonly kind: string;
  readonly state: DispatchStatus['state'] | 'set-aside';
  /** Rule, status and codes of the last failure, or why it was skipped or withdrawn. */
  readonly because?: string;
  /** `Task/1`: the Task that it is about. */
  readonly task?: string;
  readonly traceId: string;
  readonly createdAt: Date;
  readonly queuedAt: Date;
  readonly endedAt?: Date;
  /** When a delivery that was set aside is tried again. */
  readonly retryAt?: Date;
  readonly attempts: number;
};

export type AttemptLine = Pick<Attempt, 'at' | 'outcome' | 'status' | 'milliseconds' | 'because'>;

export type DeadLetterQuery = { readonly partner?: string; readonly cursor?: string; readonly count: number };

/** Oldest first. */
export async function deadLetters(
  store: Store,
  { partner, cursor, count }: DeadLetterQuery,
): Promise<{ readonly items: readonly DeadLetter[]; readonly next?: string }> {
  const query = { count, ...(partner ? { recipient: partner } : {}), ...(cursor ? { cursor } : {}) };
  const { items, next } = await store.undelivered(query);
  return { items: items.map(deadLetterOf), ...(next ? { next } : {}) };
}

/** Every page. */
export async function* allDeadLetters(store: Store, partner?: string): AsyncGenerator<DeadLetter> {
  let cursor: string | undefined;
  do {
    const page = await deadLetters(store, {
      count: 200,
      ...(partner ? { partner } : {}),
      ...(cursor ? { cursor } : {}),
    });
    yield* page.items;
    cursor = page.next;
  } while (cursor);
}

/** One delivery with its attempts, in any state; undefined when there is none. */
export async function deadLetter(
  store: Store,
  id: string,
): Promise<(DeadLetter & { readonly tried: readonly AttemptLine[] }) | undefined> {
  const found = await store.dispatch(id);
  if (!found) return undefined;
  const attempts = await store.attempts(id);
  return { ...deadLetterOf(found), tried: attempts.map(({ dispatchId: _, ...it }) => it) };
}

function deadLetterOf(it: DispatchStatus): DeadLetter {
  const task = it.about?.find((name) => name.startsWith('Task/'));
  return {
    id: it.id,
    partner: it.recipient,
    kind: it.kind,
    state: it.aside ? 'set-aside' : it.state,
    ...(it.because === undefined ? {} : { because: it.because }),
    ...(task ? { task } : {}),
    traceId: it.traceId,
    createdAt: it.createdAt,
    queuedAt: it.queuedAt,
    ...(it.endedAt ? { endedAt: it.endedAt } : {}),
    ...(it.aside ? { retryAt: it.aside.retryAt } : {}),
    attempts: it.attempts,
  };
}
