import { type Issue, issue } from '../../../fhir/issue.ts';
import { chainedOf } from '../../sql/journal/add-links.ts';
import {
  contentDigest,
  type Digests,
  factsDigest,
  hashAfter,
  noHash,
  partsOfLink,
  readStub,
} from '../../sql/journal/chain.ts';
import { bytes, first, number, type Row, type Sql, text } from '../../sql/sql.ts';
import { movedEntries, type Odd } from './moved-entries.ts';
import type { Problems } from './problems.ts';
import { type RemovedEntry, removalsFound } from './removals.ts';

/** A head of the journal that was signed: the hash of the chain up to entry `entry`. */
export type KnownHead = { readonly entry: number; readonly hash: string; readonly at: string };

export type ChainVerified = {
  /** Entries of the chain that are as they were written. */
  readonly verified: number;
  /** Of those, entries of which the retention removed the content, or all but the hashes. */
  readonly removed: number;
  /** Entries from before the chain began: nothing is known of them. */
  readonly before: number;
  /** The last entry, and the hash up to it. */
  readonly entry: number;
  readonly hash: string;
};

const pageSize = 100;

/** An entry of the chain as it is stored now, or what the retention left of it. */
type Found = Digests & {
  /** As stored with it; undefined: without a link. */
  readonly hash: Buffer | undefined;
  /** The content is not the one whose digest is stored. */
  readonly isAltered: boolean;
  readonly kind: 'whole' | 'without content' | 'stub';
  readonly removedAt: number | undefined;
  readonly row: Row | undefined;
};

/**
 * Verifies the chain over the journal: finds an entry that was altered, removed, inserted or moved since it was written, an
 * end that was cut off, and a head that was signed of another journal. Next to a running gateway.
 */
export async function verifyChain(
  sql: Sql,
  problems: Problems,
  heads: readonly KnownHead[],
  report: (done: number, last: number) => void = () => {},
): Promise<ChainVerified> {
  const from = number((await first(sql.all("select value from meta where name = 'chain-from'")))?.value);
  const counts = await first(sql.all('select count(*) as n from entry where seq <= ?1', from));
  const removals = removalsFound();
  const toCompare = new Map<number, readonly KnownHead[]>();
  // a head that was signed of an entry before the chain shows that its beginning was moved
  for (const it of heads) if (!isBegin(it, from)) toCompare.set(it.entry, [...(toCompare.get(it.entry) ?? []), it]);
  const odd: Odd[] = [];
  const removedOnes: RemovedEntry[] = [];
  let [verified, removed] = [0, 0];
  let [place, hash] = [from, noHash];
  /** The hash before an entry that did not fit: if the next one follows that, the entry was inserted. */
  let skipping: { readonly hash: Buffer; readonly odd: Odd } | undefined;
  const verifyUpTo = async (last: number): Promise<void> => {
    for await (const found of foundAfter(sql, place, last)) {
      const { seq } = found;
      const expected = hashAfter(hash, found);
      const fits = found.hash !== undefined && expected.equals(found.hash);
      if (fits && !found.isAltered) verified += 1;
      else if (fits) odd.push({ ...found, hash: expected, before: hash, gap: false, fits });
      else if (skipping && found.hash && hashAfter(skipping.hash, found).equals(found.hash)) {
        skipping.odd.isInserted = true;
        verified += 1;
      } else odd.push({ ...found, hash: found.hash, before: hash, gap: seq > place + 1 && place >= from, fits });
      skipping = fits ? undefined : { hash, odd: odd.at(-1)! };
      if (found.kind !== 'whole') {
        removed += 1;
        removedOnes.push({ seq, at: found.at, kind: found.kind, removedAt: found.removedAt ?? 0 });
      }
      if (found.row?.facts) removals.read(bytes(found.row.facts));
      const known = toCompare.get(seq);
      const here = found.hash?.toString('base64url');
      if (known)
        toCompare.set(
          seq,
          known.filter((it) => it.hash !== here),
        );
      hash = found.hash ?? hash;
      place = seq;
      if (verified % 1_000 === 0) report(place, last);
    }
  };
  let end = await endOf(sql);
  await verifyUpTo(end.last);
  // the event of a removal that was made meanwhile is further on
  while (removals.unexplained(removedOnes).length > 0) {
    const now = await endOf(sql);
    if (now.last === end.last) break;
    end = now;
    await verifyUpTo(end.last);
  }
  const { last } = end;
  for (const it of problemsOf(odd)) problems.add(it.rule, it);
  for (const it of removals.unexplained(removedOnes))
    problems.add('unexplained', atEntry('audit-removal-unexplained', it));
  const stored = end.hash || noHash.toString('base64url');
  // not by its number: a large entry takes the numbers that follow it too
  if (stored !== hash.toString('base64url'))
    if (!odd.some(({ seq }) => seq === place)) problems.add('end', issue('audit-end-missing', { entry: place, last }));
  // compared with the head as it is by now, in one statement: a gateway writes meanwhile
  const beyond = await sql.all(
    `select e.seq from head h join entry e on e.seq > case when h.seq > h.chained then h.seq else h.chained end
     where h.id = 1 order by e.seq limit 20`,
  );
  for (const row of beyond)
    problems.add('beyond', issue('audit-entry-inserted', { entry: number(row.seq), at: 'head' }));
  for (const { entry, at } of [...toCompare.values()].flat())
    problems.add('heads', issue('audit-head-differs', { entry, at }));
  report(last, last);
  return { verified, removed, before: number(counts?.n), entry: place, hash: hash.toString('base64url') };
}

/** Signed before the chain had an entry. */
const isBegin = ({ entry, hash }: KnownHead, from: number): boolean =>
  entry <= from && hash === noHash.toString('base64url');

/** The end of the chain: of what is after it, a gateway of the release before may have written without a link. */
async function endOf(sql: Sql): Promise<{ readonly last: number; readonly hash: string }> {
  const row = await first(sql.all('select chained, hash from head where id = 1'));
  return { last: number(row?.chained), hash: text(row?.hash) };
}

const atEntry = (
  rule: 'audit-removal-unexplained' | 'audit-entry-altered' | 'audit-entry-inserted' | 'audit-entry-removed',
  { seq, at }: Pick<Odd, 'seq' | 'at'>,
) => issue(rule, { entry: seq, at: timeOf(at) });

const timeOf = (at: number): string =>
  Number.isFinite(at) && Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : '?';

function problemsOf(odd: readonly Odd[]): readonly Issue[] {
  const moved = movedEntries(odd);
  return odd.map((it) => {
    const original = moved.get(it.seq);
    if (original !== undefined) return issue('audit-entry-moved', { entry: it.seq, original, at: timeOf(it.at) });
    if (it.isInserted || it.hash === undefined) return atEntry('audit-entry-inserted', it);
    return atEntry(it.gap && !it.isAltered ? 'audit-entry-removed' : 'audit-entry-altered', it);
  });
}

/** The entries of the chain in the order of their numbers, each as stored or as the retention left it. */
async function* foundAfter(sql: Sql, from: number, last: number): AsyncGenerator<Found> {
  for (let after = from; ; ) {
    const rows = await sql.all(
      `select e.*, r.at as removed_at from entry e left join removed r on r.entry = e.seq
       where e.seq > ?1 and e.seq <= ?2 order by e.seq limit ?3`,
      after,
      last,
      pageSize,
    );
    const to = rows.length < pageSize ? last : number(rows.at(-1)?.seq);
    const stubs = await sql.all(
      `select r.entry, r.at, r.link from removed r where r.entry > ?1 and r.entry <= ?2
         and not exists (select 1 from entry e where e.seq = r.entry) order by r.entry`,
      after,
      to,
    );
    // an entry that was removed after its row was read is found once: as it was then
    const here = new Set(rows.map((row) => number(row.seq)));
    const removed = stubs.filter((row) => !here.has(number(row.entry))).flatMap(foundStub);
    yield* [...rows.map(foundOf), ...removed].sort((one, other) => one.seq - other.seq);
    if (to >= last) return;
    after = to;
  }
}

function foundOf(row: Row): Found {
  const entry = chainedOf(row);
  const link = row.link === null ? undefined : partsOfLink(bytes(row.link));
  const isRemoved = row.removed_at !== null && entry.payload === null;
  const content = contentDigest(entry);
  return {
    seq: entry.seq,
    at: entry.at,
    // what the retention took away is known by its digest only, which the hash covers
    content: isRemoved && link ? link.content : content,
    facts: factsDigest(entry.facts),
    hash: link?.hash,
    isAltered: link !== undefined && !isRemoved && !link.content.equals(content),
    kind: isRemoved ? 'without content' : 'whole',
    removedAt: row.removed_at === null ? undefined : number(row.removed_at),
    row,
  };
}

function foundStub(row: Row): readonly Found[] {
  const stub = row.link === null ? undefined : readStub(number(row.entry), text(row.link));
  return stub ? [{ ...stub, isAltered: false, kind: 'stub', removedAt: number(row.at), row: undefined }] : [];
}
