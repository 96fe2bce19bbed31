import type { Kept, Retention, RetentionPlace, RetentionStep, RetentionTerms } from '../../port.ts';
import { problemOf } from '../../store-problem.ts';
import { first, number, type Row, type Sql, text } from '../sql.ts';
import type { Writing } from '../writing.ts';
import { dispatchesOf, keptBecause } from './in-use.ts';
import { type Journey, journeyOf } from './journey.ts';
import { type Removing, removeAudit, removeJourneys } from './remove.ts';

/** Entries that a step looks at, and journeys that it judges: other writers wait meanwhile. */
const [looked, judgedAtMost] = [1_000, 8];
/** Keys of senders that a step looks at. */
const keysLooked = 2_000;

const none = (): Omit<RetentionStep, 'next' | 'kept'> => ({
  journeys: 0,
  messages: 0,
  resources: 0,
  deliveries: 0,
  bytes: 0,
  auditEntries: 0,
});

/** What a step would remove. */
export async function removable(sql: Sql, terms: RetentionTerms, from: RetentionPlace): Promise<RetentionStep> {
  if (from.kind === 'key') return { ...none(), kept: {} };
  const step = await entryStep(sql, terms, from.after, {
    journeys: async (journeys) => (await dispatchesOf(sql, entriesIn(journeys))).length,
    audit: async (seqs) => seqs.length,
  });
  const { next, ...counts } = step;
  return next?.kind === 'entry' ? step : counts;
}

/** Removes it, in the transaction of `w`. */
export async function removeExpired(
  w: Writing,
  [terms, { from, now, network }]: Parameters<Retention['removeExpired']>,
  context: Pick<Removing, 'indexing' | 'newId'>,
): Promise<RetentionStep> {
  if (from.kind === 'key') return keyStep(w.sql, from);
  return entryStep(w.sql, terms, from.after, {
    journeys: (journeys) => removeJourneys(w, journeys, { ...context, now, network }),
    audit: (seqs) => removeAudit(w, seqs, { ...context, now, network }),
  });
}

/** Both return how many rows they concern: deliveries, and entries. */
type Does = {
  readonly journeys: (journeys: readonly Journey[]) => Promise<number>;
  readonly audit: (seqs: readonly number[]) => Promise<number>;
};

async function entryStep(sql: Sql, terms: RetentionTerms, after: number, does: Does): Promise<RetentionStep> {
  const kept: Partial<Record<Kept, number>> = {};
  const [content = 0, audit = 0] = [terms.content?.getTime(), terms.audit?.getTime()];
  const rows = await sql.all(
    `select seq, at, case when payload is null then 0 else 1 end as has_content from entry
     where seq > ?1 order by seq limit ?2`,
    after,
    looked,
  );
  const [journeys, bare, seen]: [Journey[], number[], Set<number>] = [[], [], new Set()];
  let [last, judged] = [after, 0];
  for (const row of rows) {
    const at = number(row.at);
    if (at >= Math.max(content, audit) || judged >= judgedAtMost) break;
    last = number(row.seq);
    if (number(row.has_content) === 0) {
      if (at < audit) bare.push(last);
    } else if (at < content && !seen.has(last)) {
      judged += 1;
      const journey = await judge(sql, last, new Date(content));
      if (typeof journey === 'string') kept[journey] = (kept[journey] ?? 0) + 1;
      else {
        for (const seq of journey.entries.keys()) seen.add(seq);
        // judged once for each of its entries, and counted at the first
        if (Math.min(...journey.entries.keys()) >= last) journeys.push(journey);
      }
    }
  }
  const deliveries = journeys.length ? await does.journeys(journeys) : 0;
  const entries = entriesIn(journeys);
  return {
    journeys: journeys.length,
    messages: entries.filter(({ head }) => head.message).length,
    resources: journeys.reduce((sum, { members }) => sum + members.size, 0),
    deliveries,
    bytes: entries.reduce((sum, { size }) => sum + size, 0),
    auditEntries: bare.length ? await does.audit(bare) : 0,
    kept,
    next: isLast(rows, last, Math.max(content, audit))
      ? { kind: 'key', partner: '', key: '' }
      : { kind: 'entry', after: last },
  };
}

const entriesIn = (journeys: readonly Journey[]) => journeys.flatMap(({ entries }) => [...entries.values()]);

/** Whether no entry follows `last`, or the next is too young: then all later ones are. */
const isLast = (rows: readonly Row[], last: number, youngest: number): boolean => {
  const next = rows.find((row) => number(row.seq) > last);
  return next === undefined ? rows.length < looked : number(next.at) >= youngest;
};

async function judge(sql: Sql, seed: number, content: Date): Promise<Journey | Kept> {
  try {
    const journey = await journeyOf(sql, seed);
    if (!journey) return 'large';
    return (await keptBecause(sql, journey, content)) ?? journey;
  } catch (why) {
    if (problemOf(why) !== 'damaged') throw why;
    return 'damaged';
  }
}

/** Keys by which a sender named what was removed. No index leads from an entry to them: all are looked at, in their order. */
async function keyStep(sql: Sql, { partner, key }: Extract<RetentionPlace, { kind: 'key' }>): Promise<RetentionStep> {
  const page = `select partner, key, entry from message_key where (partner, key) > (?1, ?2)
    order by partner, key limit ${keysLooked}`;
  const last = await first(
    sql.all(`select partner, key from (${page}) p order by partner desc, key desc limit 1`, partner, key),
  );
  if (!last) return { ...none(), kept: {} };
  await sql.run(
    `delete from message_key where (partner, key) in (
       select p.partner, p.key from (${page}) p join removed r on r.entry = p.entry)`,
    partner,
    key,
  );
  return { ...none(), kept: {}, next: { kind: 'key', partner: text(last.partner), key: text(last.key) } };
}
