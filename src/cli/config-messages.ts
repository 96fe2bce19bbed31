import type { Message, Store } from '../store/port.ts';

/** Which recorded messages a command runs again: the latest, or those that are named. */
export type Selection = { readonly last: string; readonly since?: string };

export async function* latest(store: Store, { last, since }: Selection): AsyncGenerator<Message> {
  const most = Number(last);
  const from = since === undefined ? undefined : new Date(since);
  if (!Number.isInteger(most) || most < 1) throw new Error('--last: give a number of messages, such as 1000.');
  if (from && Number.isNaN(from.getTime())) throw new Error('--since: give a date or a time, such as 2026-11-01.');
  let left = most;
  for (let cursor: string | undefined; left > 0; ) {
    const page = await store.messages({ latestFirst: true, count: Math.min(left, 100), ...(cursor ? { cursor } : {}) });
    for (const it of page.items) {
      if (from && it.receivedAt < from) return;
      left -= 1;
      yield it;
    }
    if (!page.next) return;
    cursor = page.next;
  }
}

/** Throws with the id of one that is not there. */
export async function* named(store: Store, ids: readonly string[]): AsyncGenerator<Message> {
  for (const id of ids) {
    const found = await store.message(id);
    if (!found) throw new Error(`There is no message ${id} in this store.`);
    yield found;
  }
}
