import { world } from '../../../src/main.ts';
import type { Commit, Store } from '../../../src/store/port.ts';

/** What the gateway itself committed, to be committed again under other ids. */
export type Template = Commit & { readonly message: NonNullable<Commit['message']> };

/** A store whose commits of messages are also collected. */
export function collecting(store: Store, commits: Template[]): Store {
  return {
    ...store,
    commit: (it) => {
      const { message } = it;
      if (message) commits.push({ ...it, message });
      return store.commit(it);
    },
  };
}

/** Each group is one transaction. */
const group = 200;

/**
 * Stores `count` messages that were accepted and delivered before: the commits of the gateway itself with new ids and
 * another person in each. These numbers fail the elfproef, so no message under measurement is about the same person.
 */
export async function fill(store: Store, templates: readonly Template[], count: number): Promise<void> {
  const makers = templates.map(prepared);
  for (let first = 0; first < count; first += group) {
    const numbers = Array.from({ length: Math.min(group, count - first) }, (_, index) => first + index);
    const results = await Promise.all(numbers.map((number) => store.commit(makers[number % makers.length]!(number))));
    const refused = results.find(({ kind }) => kind !== 'committed');
    if (refused) throw new Error(`a message to fill the store with was not committed: ${refused.kind}`);
    await deliverAll(store);
  }
}

export async function deliverAll(store: Store): Promise<void> {
  for (;;) {
    const wish = { worker: 'fill', now: world.now(), lease: 60_000, recipients: 100, batch: 2 * group };
    const claims = await store.claim(wish);
    if (claims.every(({ deliveries }) => deliveries.length === 0)) return;
    await Promise.all(
      claims.flatMap((claim) => [
        ...claim.deliveries.map((it) => store.complete(claim, it, { at: world.now(), status: 200, milliseconds: 5 })),
        store.release(claim),
      ]),
    );
  }
}

const invalidNumbers = Array.from({ length: 100_000 }, (_, index) => `9999${String(index).padStart(5, '0')}`).filter(
  (number) => [...number].reduce((sum, digit, at) => sum + Number(digit) * (at === 8 ? -1 : 9 - at), 0) % 11 !== 0,
);

/** What differs from message to message: ids, the person, the number of the benchmark. */
const slots = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b9999\d{5}\b|\bbench-\d+\b/g;

/** A commit that is made again and again: its texts are searched for slots once. */
type Prepared = (number: number) => Template;

function prepared(template: Template): Prepared {
  const known = new Map<string, number>();
  const make = copier(template, (old) => {
    const slot = known.get(old) ?? known.size;
    known.set(old, slot);
    return slot;
  });
  return (number) => {
    const person = invalidNumbers[number % invalidNumbers.length]!;
    const values = [...known.keys()].map((old) =>
      old.startsWith('bench-') ? `filled-${number}` : old.length === 9 ? person : world.newId(),
    );
    const copy = make(values);
    const { keys, message } = copy;
    return {
      ...copy,
      now: world.now(),
      message: { ...message, receivedAt: world.now() },
      ...(keys
        ? { keys: { ...keys, keys: keys.keys.map((key) => `${key.slice(0, -8)}${String(number).padStart(8, '0')}`) } }
        : {}),
    };
  };
}

/** Makes the same value with other texts in the slots; bytes, times and functions stay. */
function copier<T>(value: T, slotOf: (old: string) => number): (values: readonly string[]) => T {
  if (typeof value === 'string') {
    const literals = value.split(slots);
    const numbers = [...value.matchAll(slots)].map(([old]) => slotOf(old));
    if (numbers.length === 0) return () => value;
    return (values) => {
      let text = literals[0]!;
      for (const [at, slot] of numbers.entries()) text += values[slot]! + literals[at + 1]!;
      return text as T;
    };
  }
  if (Array.isArray(value)) {
    const parts = value.map((it) => copier(it, slotOf));
    return (values) => parts.map((part) => part(values)) as T;
  }
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
    return () => value;
  const members = Object.entries(value).map(([key, it]) => [key, copier(it, slotOf)] as const);
  return (values) => Object.fromEntries(members.map(([key, part]) => [key, part(values)])) as T;
}
