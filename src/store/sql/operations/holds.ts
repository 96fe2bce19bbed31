import type { HeldPartner, Store } from '../../port.ts';
import { date, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';
import type { Writing } from '../writing.ts';

/** No operator holds recipient `r`, an alias of any table with the column. */
export const isNotHeld = (recipient: string): string =>
  `not exists (select 1 from held_partner held where held.partner = ${recipient})`;

export async function heldPartners(sql: Sql): Promise<readonly HeldPartner[]> {
  const rows = await sql.all('select partner, at, by_whom, reason from held_partner order by partner');
  return rows.map((row) => ({
    partner: text(row.partner),
    since: date(row.at),
    by: text(row.by_whom),
    reason: text(row.reason),
  }));
}

export async function holdPartner(
  w: Writing,
  { partner, since, by, reason }: HeldPartner,
  audit: Parameters<Store['holdPartner']>[1],
): Promise<boolean> {
  const held = await w.sql.run(
    'insert into held_partner (partner, at, by_whom, reason) values (?1, ?2, ?3, ?4) on conflict do nothing',
    storable(partner),
    since.getTime(),
    storable(by),
    storable(reason),
  );
  if (held) w.audit(audit, since);
  return held > 0;
}

export async function releasePartner(
  w: Writing,
  partner: string,
  { now, audit }: Parameters<Store['releasePartner']>[1],
): Promise<boolean> {
  const released = await w.sql.run('delete from held_partner where partner = ?1', storable(partner));
  if (!released) return false;
  // the age of what was held counts from now: it could not be sent before
  await w.sql.run(
    "update dispatch set queued_at = ?1 where recipient = ?2 and state = 'waiting'",
    now.getTime(),
    storable(partner),
  );
  w.audit(audit, now);
  return true;
}
