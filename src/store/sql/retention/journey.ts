import { createHash } from 'node:crypto';
import { parseReference, referencesIn } from '../../../fhir/reference.ts';
import type { Resource } from '../../../fhir/resource.ts';
import { storeError } from '../../store-problem.ts';
import { bulkRead } from '../bulk.ts';
import { stubOf } from '../journal/chain.ts';
import { type Entry, entriesIn } from '../journal/entry.ts';
import { unpackFacts } from '../journal/facts.ts';
import { referenceKey } from '../keys.ts';
import { bytes, number, optional, type Row, type Sql, text } from '../sql.ts';
import { keyText } from '../storable.ts';

/** An entry of the journal with what its removal leaves behind. */
export type JournalEntry = Entry & {
  readonly size: number;
  /** SHA-256 of its payload as stored, so that a chain over the journal can still be verified. */
  readonly digest: string;
  readonly events: readonly string[];
  /** What is left in the chain when the row goes; absent for an entry from before the chain. */
  readonly stub?: string;
};

export type Member = {
  readonly key: number;
  readonly type: string;
  readonly id: string;
  /** Where its current version is. */
  readonly entry: number;
  readonly part: number;
};

/** What one entry wrote, and everything connected with it. */
export type Journey = {
  readonly entries: ReadonlyMap<number, JournalEntry>;
  readonly members: ReadonlyMap<number, Member>;
};

/** A journey beyond this size is not judged: that would hold up the other writers. */
const most = { entries: 500, members: 5_000 };

/**
 * The journey of an entry: the resources that it wrote, the entries that wrote a version of one of them, the stored
 * resources to which any of those versions refers, those that refer to them, and so on. Undefined when it is too large.
 * Throws when an entry is damaged.
 */
export async function journeyOf(sql: Sql, seed: number): Promise<Journey | undefined> {
  const entries = new Map<number, JournalEntry>();
  const members = new Map<number, Member>();
  const read = new Set([seed]);
  let toRead: readonly number[] = [seed];
  let fresh: readonly Member[] = [];
  while (toRead.length || fresh.length) {
    const named = new Set<string>();
    for (const entry of await entriesAt(sql, toRead)) {
      entries.set(entry.seq, entry);
      for (const resource of resourcesIn(entry)) for (const name of namesIn(resource)) named.add(name);
    }
    const found = [...(await byName(sql, named)), ...(await referringTo(sql, fresh))];
    fresh = [...new Map(found.map((it) => [it.key, it])).values()].filter(({ key }) => !members.has(key));
    for (const it of fresh) members.set(it.key, it);
    if (entries.size > most.entries || members.size > most.members) return undefined;
    const seqs = [...(await entriesOf(sql, fresh)), ...(await entriesMentioning(sql, fresh))];
    toRead = [...new Set(seqs)].filter((seq) => !read.has(seq));
    for (const seq of toRead) read.add(seq);
  }
  return { entries, members };
}

/** The current version of a member. */
export function resourceOf({ entries }: Pick<Journey, 'entries'>, { entry, part }: Member): Resource {
  const found = entries.get(entry)?.parts[part];
  if (!found) throw storeError('ERR_STORE_DAMAGED', `Entry ${entry} of the journal lacks part ${part}.`);
  return JSON.parse(found.toString()) as Resource;
}

/** Entries of the journal; those that do not exist are left out. */
export async function entriesAt(sql: Sql, seqs: readonly number[]): Promise<readonly JournalEntry[]> {
  const rows = await bulkRead(
    sql,
    (wanted) => `select e.* from ${wanted} w join entry e on e.seq = w.seq`,
    { seq: 'integer' },
    seqs.map((seq) => [seq]),
  );
  const opened = await entriesIn(sql, rows);
  return rows.map((row, index) => {
    const payload = row.payload === null ? new Uint8Array() : bytes(row.payload);
    return {
      ...opened[index]!,
      size: payload.length,
      digest: createHash('sha256').update(payload).digest('base64url'),
      events: row.facts === null ? [] : unpackFacts(bytes(row.facts)),
      ...optional('stub', row.link, (link) =>
        stubOf({ at: number(row.at), link: bytes(link), facts: row.facts === null ? null : bytes(row.facts) }),
      ),
    };
  });
}

/** Versions of resources; the other texts of an entry are no resource with an id that is stored. */
function resourcesIn({ head, parts }: Entry): readonly Resource[] {
  return parts.slice(0, head.message?.parts.body).flatMap((part) => {
    try {
      const parsed = JSON.parse(part.toString()) as Resource | null;
      return typeof parsed?.resourceType === 'string' && parsed.resourceType !== 'Bundle' ? [parsed] : [];
    } catch {
      return []; // the body of a delivery in another format
    }
  });
}

/** `Type/id` of a resource and of what it refers to, wherever the reference leads. */
const namesIn = (resource: Resource): readonly string[] => [
  `${resource.resourceType}/${resource.id}`,
  ...referencesIn(resource).flatMap(({ text: reference }) => {
    const parsed = reference === undefined ? undefined : parseReference(reference);
    return parsed && 'type' in parsed && 'id' in parsed ? [`${parsed.type}/${parsed.id}`] : [];
  }),
];

const memberOf = (row: Row): Member => ({
  key: number(row.key),
  type: text(row.type),
  id: text(row.id),
  entry: number(row.entry),
  part: number(row.part),
});

async function byName(sql: Sql, names: Iterable<string>): Promise<readonly Member[]> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select r.key, r.type, r.id, r.entry, r.part from ${wanted} w
       join resource r on r.id = w.id and r.type = w.type`,
    { id: 'text', type: 'text' },
    [...names].map((name) => {
      const [type = '', id = ''] = name.split('/');
      return [id, type];
    }),
  );
  return rows.map(memberOf);
}

async function referringTo(sql: Sql, members: readonly Member[]): Promise<readonly Member[]> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select distinct r.key, r.type, r.id, r.entry, r.part from ${wanted} w
       join token t on t.value = w.value join resource r on r.key = t.resource`,
    { value: 'text' },
    members.map(({ type, id }) => [keyText(referenceKey(`${type}/${id}`))]),
  );
  return rows.map(memberOf);
}

/** Entries with a version of one of these. */
async function entriesOf(sql: Sql, members: readonly Member[]): Promise<readonly number[]> {
  const rows = await bulkRead(
    sql,
    (wanted) => `select v.entry from ${wanted} w join version v on v.resource = w.key`,
    { key: 'integer' },
    members.map(({ key }) => [key]),
  );
  return [...new Set([...members.map(({ entry }) => entry), ...rows.map((row) => number(row.entry))])];
}

/**
 * Entries with content that refer to one of these where no index leads back, or have an audit event that names one. Entries of
 * the audit trail alone stay out: a Task that a system reads every minute has a million of them.
 */
async function entriesMentioning(sql: Sql, members: readonly Member[]): Promise<readonly number[]> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select distinct m.entry from ${wanted} w join mention m on m.name = w.name
       join entry e on e.seq = m.entry where e.payload is not null`,
    { name: 'text' },
    members.map(({ type, id }) => [referenceKey(`${type}/${id}`)]),
  );
  return rows.map((row) => number(row.entry));
}
