import type { Store } from '../port.ts';
import { first, type Sql } from './sql.ts';

/** False when it took place before. */
export const doOnce = async (sql: Sql, name: string, now: Date): Promise<boolean> =>
  (await sql.run('insert into once (name, at) values (?1, ?2) on conflict do nothing', name, now.getTime())) > 0;

/** Whether it took place. */
export const wasDone = async (sql: Sql, name: string): Promise<boolean> =>
  (await first(sql.all('select at from once where name = ?1', name))) !== undefined;

/**
 * One guarded statement: of two concurrent requests one succeeds. Ids of tokens (`jti:` and a digest) are leased once each:
 * one in 256 of them, by its digest, removes those that have expired.
 */
export const lease = async (
  sql: Sql,
  name: string,
  { holder, now, milliseconds }: Parameters<Store['lease']>[1],
): Promise<boolean> => {
  if (/^jti:A[A-P]/.test(name))
    await sql.run(`delete from lease where name >= 'jti:' and name < 'jti;' and until <= ?1`, now.getTime());
  const leased = await sql.run(
    `insert into lease (name, holder, until) values (?1, ?2, ?3)
     on conflict (name) do update set holder = excluded.holder, until = excluded.until
       where lease.holder = excluded.holder or lease.until <= ?4`,
    name,
    holder,
    now.getTime() + milliseconds,
    now.getTime(),
  );
  return leased > 0;
};
