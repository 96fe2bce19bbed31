import type { FailureGroup, FailureNote, Store } from '../../port.ts';
import { date, number, type Sql, text } from '../sql.ts';
import { keyText, storable } from '../storable.ts';
import type { Writing } from '../writing.ts';

type Group = {
  cause: string;
  dead: number;
  aside: number;
  partners: { partner: string; count: number }[];
  oldest: Date;
  latest: Date;
};

export async function failureGroups(sql: Sql, partner?: string): Promise<readonly FailureGroup[]> {
  const rows = await sql.all(
    `select coalesce(d.because, 'not-tried') as cause, d.recipient, h.kind, count(*) as n,
       min(d.created_at) as oldest, max(coalesce(d.ended_at, d.created_at)) as latest
     from hold h join dispatch d on d.key = h.dispatch
     where h.kind in ('dead', 'aside')${partner === undefined ? '' : ' and h.recipient = ?1'}
     group by coalesce(d.because, 'not-tried'), d.recipient, h.kind`,
    ...(partner === undefined ? [] : [storable(partner)]),
  );
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const cause = text(row.cause);
    const count = number(row.n);
    const [oldest, latest] = [date(row.oldest), date(row.latest)];
    const it = groups.get(cause) ?? { cause, dead: 0, aside: 0, partners: [], oldest, latest };
    it[text(row.kind) === 'dead' ? 'dead' : 'aside'] += count;
    const known = it.partners.find((other) => other.partner === text(row.recipient));
    if (known) known.count += count;
    else it.partners.push({ partner: text(row.recipient), count });
    if (oldest < it.oldest) it.oldest = oldest;
    if (latest > it.latest) it.latest = latest;
    groups.set(cause, it);
  }
  const sizeOf = ({ dead, aside }: Group) => dead + aside;
  for (const it of groups.values()) it.partners.sort((a, b) => b.count - a.count || (a.partner < b.partner ? -1 : 1));
  return [...groups.values()].sort((a, b) => sizeOf(b) - sizeOf(a) || (a.cause < b.cause ? -1 : 1));
}

export async function failureNotes(sql: Sql): Promise<readonly FailureNote[]> {
  const rows = await sql.all('select cause, content, revision from failure_note order by cause');
  return rows.map((row) => ({
    cause: text(row.cause),
    content: text(row.content),
    revision: number(row.revision),
  }));
}

export async function noteFailure(
  w: Writing,
  { cause, content, expect }: Parameters<Store['noteFailure']>[0],
  { now, audit }: Parameters<Store['noteFailure']>[1],
): Promise<boolean> {
  const written = expect
    ? await w.sql.run(
        'update failure_note set content = ?2, revision = revision + 1 where cause = ?1 and revision = ?3',
        keyText(cause),
        storable(content),
        expect,
      )
    : await w.sql.run(
        'insert into failure_note (cause, content, revision) values (?1, ?2, 1) on conflict do nothing',
        keyText(cause),
        storable(content),
      );
  if (written) w.audit(audit, now);
  return written > 0;
}
