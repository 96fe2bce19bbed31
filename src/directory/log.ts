import type { DirectoryEntry, DirectoryQuery, Store } from '../store/port.ts';

/** All entries of the directory's log that a query asks for. */
export async function entriesOf(
  store: Store,
  query: Omit<DirectoryQuery, 'count'>,
): Promise<readonly DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await store.directory({ ...query, count: 5_000, ...(cursor ? { cursor } : {}) });
    for (const it of items) entries.push(it);
    if (!next) return entries;
    cursor = next;
  }
}
