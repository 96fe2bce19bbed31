import type { EndingSessions, Store, StoredSession } from '../port.ts';
import { first, number, optional, type Sql, text } from './sql.ts';

export async function session(sql: Sql, id: string, now: Date): Promise<StoredSession | undefined> {
  const row = await first(
    sql.all('select * from login_session where id = ?1 and idle > ?2 and ends > ?2', id, now.getTime()),
  );
  return (
    row && {
      id,
      person: text(row.person),
      ...optional('provider', row.provider, text),
      content: text(row.content),
      revision: number(row.revision),
      idleUntil: new Date(number(row.idle)),
      ends: new Date(number(row.ends)),
    }
  );
}

export async function addSession(
  sql: Sql,
  { id, person, provider, content, revision, idleUntil, ends }: StoredSession,
  now: Date,
): Promise<void> {
  await sql.run('delete from login_session where idle <= ?1 or ends <= ?1', now.getTime());
  await sql.run(
    `insert into login_session (id, person, provider, content, revision, idle, ends)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
    id,
    person,
    provider ?? null,
    content,
    revision,
    idleUntil.getTime(),
    ends.getTime(),
  );
}

export const changeSession = async (
  sql: Sql,
  id: string,
  { expect, content, idleUntil }: Parameters<Store['changeSession']>[1],
): Promise<boolean> =>
  (await sql.run(
    'update login_session set content = ?3, idle = ?4, revision = revision + 1 where id = ?1 and revision = ?2',
    id,
    expect,
    content,
    idleUntil.getTime(),
  )) > 0;

export function endSessions(sql: Sql, which: EndingSessions): Promise<number> {
  if ('id' in which) return sql.run('delete from login_session where id = ?1', which.id);
  if ('provider' in which) return sql.run('delete from login_session where provider = ?1', which.provider);
  return sql.run('delete from login_session where person = ?1', which.person);
}
