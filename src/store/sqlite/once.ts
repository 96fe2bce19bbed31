import type { Store } from '../port.ts';
import type { Database } from './database.ts';

/** False when it took place before. */
export const doOnce = (database: Database, name: string, now: Date): boolean =>
  database.run('insert into once (name, at) values (?, ?) on conflict do nothing', name, now.getTime()).changes > 0;

/** Whether it took place. */
export const wasDone = (database: Database, name: string): boolean =>
  database.get('select 1 from once where name = ?', name) !== undefined;

/** One guarded statement: of two concurrent requests one succeeds. */
export const lease = (
  database: Database,
  name: string,
  { holder, now, milliseconds }: Parameters<Store['lease']>[1],
): boolean =>
  database.run(
    `insert into lease (name, holder, until) values (?1, ?2, ?3)
     on conflict (name) do update set holder = ?2, until = ?3 where holder = ?2 or until <= ?4`,
    name,
    holder,
    now.getTime() + milliseconds,
    now.getTime(),
  ).changes > 0;
