import type { DirectoryEntry, DirectoryQuery, Store } from '../../store/port.ts';
import { yieldToOthers } from '../../turns.ts';

/** All entries of the directory log that match a query. */
export async function directoryEntries(
  store: Store,
  query: Omit<DirectoryQuery, 'count'>,
): Promise<readonly DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  for await (const page of directoryPages(store, query)) for (const it of page) entries.push(it);
  return entries;
}

/** The same, page by page. */
export async function* directoryPages(
  store: Store,
  query: Omit<DirectoryQuery, 'count'>,
): AsyncGenerator<readonly DirectoryEntry[]> {
  const yieldIfDue = yieldToOthers();
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await store.directory({ ...query, count: 1_000, ...(cursor ? { cursor } : {}) });
    yield items;
    if (!next) return;
    cursor = next;
    await yieldIfDue();
  }
}
