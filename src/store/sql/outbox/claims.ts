import type { Claim, Delivery, Store } from '../../port.ts';
import { problemOf } from '../../store-problem.ts';
import { bulkRead } from '../bulk.ts';
import type { Entries, Entry } from '../journal/entry.ts';
import { isNotHeld } from '../operations/holds.ts';
import { number, type Row, type Sql, text } from '../sql.ts';
import type { Writing } from '../writing.ts';
import { isAsideStill, isNotBehind } from './journeys.ts';
import { deliveryOf, headOfDelivery } from './row.ts';

/** A claim without its deliveries: what a statement of its worker is guarded by. */
export type Held = Pick<Claim, 'recipient' | 'worker' | 'fence'>;

/** In characters; a claim ends with the dispatch that exceeds it. Letters with scans must not fill the memory. */
const maximumClaimed = 1_000_000;

/** Recipients that may be claimed, and have something to deliver. */
export const freeRecipients = (sql: Sql, now: Date, most: number): Promise<readonly Row[]> =>
  sql.all(
    `select r.id, r.failures, r.refusals from recipient r
     where r.waiting > 0 and r.not_before <= ?1 and (r.worker is null or r.claimed_until <= ?1)
       and ${isNotHeld('r.id')}
       and exists (select 1 from dispatch d where d.recipient = r.id and d.state = 'waiting'
         and ${isNotBehind} and not ${isAsideStill})
     order by r.claimed_until, r.id limit ?2`,
    now.getTime(),
    most,
  );

export async function claim(
  { sql }: Writing,
  entries: Entries,
  { worker, now, lease, recipients, batch }: Parameters<Store['claim']>[0],
): Promise<readonly Claim[]> {
  const at = now.getTime();
  const free = await freeRecipients(sql, now, recipients);
  const claimed = await bulkRead(
    sql,
    (rows) =>
      `update recipient set worker = ?2, claimed_until = ?3, fence = fence + 1
       where id in (select w.id from ${rows} w) returning id, fence`,
    { id: 'text' },
    free.map(({ id }) => [text(id)]),
    worker,
    at + lease,
  );
  const fences = new Map(claimed.map(({ id, fence }) => [text(id), number(fence)]));
  const found: (readonly Row[])[] = [];
  for (const row of free)
    found.push(number(row.failures) ? await probe(sql, text(row.id), at) : await oldest(sql, text(row.id), at, batch));
  const deliveries = await withBodies(entries, found);
  return free.map((row, index) => ({
    recipient: text(row.id),
    worker,
    fence: fences.get(text(row.id))!,
    until: new Date(at + lease),
    failures: number(row.failures),
    refusals: number(row.refusals),
    deliveries: deliveries[index]!,
  }));
}

async function withBodies(
  entries: Entries,
  found: readonly (readonly Row[])[],
  without: ReadonlySet<string> = new Set(),
): Promise<readonly (readonly Delivery[])[]> {
  const isWithout = ({ id }: Row) => without.has(text(id));
  const seqs = found.flat().flatMap((row) => (isWithout(row) ? [] : number(row.entry)));
  const known = await entries.of(seqs).catch((why) => {
    if (problemOf(why) !== 'damaged') throw why;
    return readable(entries, seqs);
  });
  return found.map((rows) =>
    rows.map((row) => (isWithout(row) ? headOfDelivery(row) : deliveryOf(row, known.get(number(row.entry))))),
  );
}

/** One by one: a damaged entry must not stop the deliveries of the others. */
async function readable(entries: Entries, seqs: readonly number[]): Promise<Map<number, Entry>> {
  const found = new Map<number, Entry>();
  for (const seq of new Set(seqs)) {
    const one = await entries.of([seq]).catch((why) => {
      if (problemOf(why) !== 'damaged') throw why;
      return new Map<number, Entry>();
    });
    for (const [, entry] of one) found.set(seq, entry);
  }
  return found;
}

async function oldest(
  sql: Sql,
  recipient: string,
  at: number,
  batch: number,
  without: ReadonlySet<string> = new Set(),
): Promise<readonly Row[]> {
  const rows = await sql.all(
    `select d.*, own_hold.kind as held from dispatch d left join hold own_hold on own_hold.dispatch = d.key
     where d.recipient = ?2 and d.state = 'waiting' and ${isNotBehind} and not ${isAsideStill}
       and ${isNotHeld('d.recipient')}
     order by d.key limit ?3`,
    at,
    recipient,
    batch,
  );
  let size = 0;
  return rows.filter((row) => {
    const isWithin = size < maximumClaimed;
    if (!without.has(text(row.id))) size += number(row.size);
    return isWithin;
  });
}

export async function pending(
  sql: Sql,
  entries: Entries,
  { recipient, worker, fence }: Held,
  { now, batch, known = [] }: Parameters<Store['pending']>[1],
): Promise<readonly Delivery[]> {
  const claimed = await sql.all(
    'select id from recipient where id = ?1 and worker = ?2 and fence = ?3',
    recipient,
    worker,
    fence,
  );
  if (claimed.length === 0) return [];
  const without = new Set(known);
  const rows = await oldest(sql, recipient, now.getTime(), batch, without);
  return (await withBodies(entries, [rows], without))[0] ?? [];
}

/** Who failed already is tried after those that did not, and of those who did the one that was tried longest ago. */
const probe = (sql: Sql, recipient: string, at: number): Promise<readonly Row[]> =>
  sql.all(
    `select d.*, own_hold.kind as held from dispatch d left join hold own_hold on own_hold.dispatch = d.key
     where d.recipient = ?2 and d.state = 'waiting' and ${isNotBehind} and not ${isAsideStill}
     order by case own_hold.kind when 'suspect' then 1 when 'aside' then 2 else 0 end,
       coalesce(own_hold.tried, 0), d.key
     limit 1`,
    at,
    recipient,
  );

export async function renew(
  { sql }: Writing,
  { recipient, worker, fence }: Held,
  { now, lease }: Parameters<Store['renew']>[1],
): Promise<Pick<Claim, 'until'> | undefined> {
  const until = now.getTime() + lease;
  const renewed = await sql.run(
    'update recipient set claimed_until = ?1 where id = ?2 and worker = ?3 and fence = ?4',
    until,
    recipient,
    worker,
    fence,
  );
  return renewed ? { until: new Date(until) } : undefined;
}

export async function release({ sql }: Writing, { recipient, worker, fence }: Held): Promise<void> {
  await sql.run(
    'update recipient set worker = null where id = ?1 and worker = ?2 and fence = ?3',
    recipient,
    worker,
    fence,
  );
}
