import type { Store, StoredDraft } from '../port.ts';
import { first, number, type Row, type Sql, text } from './sql.ts';

const draftIn = (row: Row): StoredDraft => ({
  id: text(row.id),
  holder: text(row.holder),
  form: text(row.form),
  content: text(row.content),
  revision: number(row.revision),
  changedAt: new Date(number(row.changed)),
  ends: new Date(number(row.ends)),
});

export async function draft(sql: Sql, id: string, holder: string, now: Date): Promise<StoredDraft | undefined> {
  const row = await first(
    sql.all('select * from draft where id = ?1 and holder = ?2 and ends > ?3', id, holder, now.getTime()),
  );
  return row && draftIn(row);
}

export const draftsOf = async (sql: Sql, holder: string, now: Date): Promise<readonly StoredDraft[]> =>
  (
    await sql.all(
      'select * from draft where holder = ?1 and ends > ?2 order by changed desc, id',
      holder,
      now.getTime(),
    )
  ).map(draftIn);

export async function addDraft(
  sql: Sql,
  { id, holder, form, content, revision, changedAt, ends }: StoredDraft,
  { now, most }: Parameters<Store['addDraft']>[1],
): Promise<boolean> {
  await sql.run('delete from draft where ends <= ?1', now.getTime());
  const row = await first(sql.all('select count(*) as drafts from draft where holder = ?1', holder));
  if (number(row?.drafts ?? 0) >= most) return false;
  await sql.run(
    `insert into draft (id, holder, form, content, revision, changed, ends)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (id) do nothing`,
    id,
    holder,
    form,
    content,
    revision,
    changedAt.getTime(),
    ends.getTime(),
  );
  return true;
}

export const changeDraft = async (
  sql: Sql,
  id: string,
  holder: string,
  { expect, content, changedAt, ends }: Parameters<Store['changeDraft']>[2],
): Promise<boolean> =>
  (await sql.run(
    `update draft set content = ?4, changed = ?5, ends = ?6, revision = revision + 1
     where id = ?1 and holder = ?2 and revision = ?3`,
    id,
    holder,
    expect,
    content,
    changedAt.getTime(),
    ends.getTime(),
  )) > 0;

export const removeDraft = async (sql: Sql, id: string, holder: string): Promise<boolean> =>
  (await sql.run('delete from draft where id = ?1 and holder = ?2', id, holder)) > 0;
