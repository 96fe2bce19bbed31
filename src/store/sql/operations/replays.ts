import type { Page, ReplayedItem, ReplayItem, Store, StoredReplay } from '../../port.ts';
import type { EntryHead } from '../journal/entry.ts';
import { dispatchKey, numbersOf } from '../keys.ts';
import { insertCopy } from '../outbox/copy.ts';
import { requeue } from '../outbox/operator-acts.ts';
import { pageOf, selectPage } from '../page.ts';
import { date, first, number, optional, type Row, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';
import type { Writing } from '../writing.ts';

const replayOf = (row: Row): StoredReplay => ({
  name: text(row.name),
  state: text(row.state) as StoredReplay['state'],
  content: text(row.content),
  revision: number(row.revision),
  createdAt: date(row.at),
});

export async function replay(sql: Sql, name: string): Promise<StoredReplay | undefined> {
  const row = await first(sql.all('select * from replay where name = ?1', storable(name)));
  return row && replayOf(row);
}

export const replays = async (sql: Sql): Promise<readonly StoredReplay[]> =>
  (await sql.all('select * from replay order by at desc, name')).map(replayOf);

export async function replayCounts(sql: Sql, name: string): Promise<Readonly<Record<string, number>>> {
  const rows = await sql.all(
    'select outcome, count(*) as n from replay_item where replay = ?1 group by outcome order by outcome',
    storable(name),
  );
  return Object.fromEntries(rows.map((row) => [text(row.outcome), number(row.n)]));
}

export async function replayItems(
  sql: Sql,
  name: string,
  page: Parameters<Store['replayItems']>[1],
): Promise<Page<ReplayItem>> {
  const rows = await selectPage(sql, 'select i.* from replay_item i', page, 'i.number', { 'i.replay': storable(name) });
  return pageOf(
    rows,
    page.count,
    (row) => number(row.number),
    (row) => ({
      source: text(row.source),
      outcome: text(row.outcome),
      ...optional('dispatch', row.dispatch, text),
    }),
  );
}

export async function addReplay(
  w: Writing,
  { name, state, content, createdAt }: Parameters<Store['addReplay']>[0],
  audit: Parameters<Store['addReplay']>[1],
): Promise<boolean> {
  const added = await w.sql.run(
    'insert into replay (name, state, content, revision, at) values (?1, ?2, ?3, 1, ?4) on conflict do nothing',
    storable(name),
    state,
    storable(content),
    createdAt.getTime(),
  );
  if (added) w.audit(audit, createdAt);
  return added > 0;
}

export async function stepReplay(
  w: Writing,
  name: string,
  { expect, state, content, items, now, audit }: Parameters<Store['stepReplay']>[1],
): Promise<boolean> {
  const { sql } = w;
  const changed = await sql.run(
    'update replay set state = ?2, content = ?3, revision = revision + 1 where name = ?1 and revision = ?4',
    storable(name),
    state,
    storable(content),
    expect,
  );
  if (!changed) return false;
  const last = await first(
    sql.all('select coalesce(max(number), 0) as n from replay_item where replay = ?1', storable(name)),
  );
  let next = number(last?.n) + 1;
  for (const item of items) {
    const added = await sql.run(
      `insert into replay_item (replay, number, source, outcome) values (?1, ?2, ?3, ?4) on conflict do nothing`,
      storable(name),
      next,
      storable(item.source),
      item.outcome,
    );
    if (!added) continue;
    const done = item.copy ? await sendAgain(w, item, { ...item.copy, replay: name }, now) : item;
    await sql.run(
      'update replay_item set outcome = ?3, dispatch = ?4 where replay = ?1 and number = ?2',
      storable(name),
      next,
      done.outcome,
      done.dispatch ?? null,
    );
    next++;
  }
  w.audit(audit, now);
  return true;
}

/**
 * What is undelivered is put back as it is; what was delivered or skipped becomes a new dispatch with the same body, which
 * lies in the same entry of the journal: its term and its key stay those of the first.
 */
async function sendAgain(
  w: Writing,
  item: ReplayedItem,
  copy: NonNullable<ReplayedItem['copy']> & { readonly replay: string },
  now: Date,
): Promise<ReplayItem> {
  const { sql } = w;
  const { source } = item;
  const row = await first(
    sql.all(
      'select d.*, e.head as entry_head from dispatch d join entry e on e.seq = d.entry where d.id = ?1',
      storable(source),
    ),
  );
  if (!row) return { source, outcome: 'removed' };
  const state = text(row.state);
  if (state === 'withdrawn') return { source, outcome: 'withdrawn' };
  if (state === 'waiting' || state === 'dead')
    return (await requeue(w, source, now))
      ? { source, outcome: 'sent', dispatch: source }
      : { source, outcome: 'waiting', dispatch: source };
  const entry = number(row.entry);
  const { sizes } = JSON.parse(text(row.entry_head)) as EntryHead;
  const end = dispatchKey(entry + numbersOf(sizes.length), 0);
  const used = await first(
    sql.all(
      'select max(key) as last from dispatch where key >= ?1 and key < ?2 and entry = ?3',
      dispatchKey(entry, 0),
      end,
      entry,
    ),
  );
  const key = number(used?.last) + 1;
  if (key >= end) return { source, outcome: 'sent-too-often' };
  await insertCopy(w, row, { ...copy, key, now });
  return { source, outcome: 'sent', dispatch: copy.id };
}
