import { readCursor, writeCursor } from '../../cursor.ts';
import type { Query, SearchResult } from '../../port.ts';
import type { HideValue } from '../../search-index.ts';
import { parametersOf, sortableBy } from '../../search-parameters.ts';
import { isUnreadable, termsOf } from '../../search-terms.ts';
import { keyOfPerson } from '../../statements.ts';
import type { Indexing } from '../index/indexing.ts';
import type { Entries } from '../journal/entry.ts';
import { isInMask } from '../keys.ts';
import { first, number, type Row, type Sql } from '../sql.ts';
import { type Condition, criterionOf, ofType, readableBy } from './conditions.ts';
import { all, type Fragment, piece, statement, value } from './fragment.ts';
import { keysOfStatements } from './statements.ts';
import { storedIn } from './stored.ts';

/**
 * An enumerable set of resources: the smallest one is scanned, and the other conditions are looked up for each row.
 * `keys` selects its members (of what a partner reads: blocks of them), `from` enumerates them as rows `r`.
 */
type Walk = {
  readonly keys: Fragment;
  readonly from: string;
  readonly where: Fragment;
  /** Number of its condition; undefined for the whole type. */
  readonly condition?: number;
  /** A larger one is not scanned; `walkable` by default. */
  readonly most?: number;
};

type Sized = { readonly walk: Walk; readonly size: number };

/**
 * Of a larger set no member is looked up: the type is scanned in order of time until a page is full, and matches are not
 * counted. What a partner reads is measured in blocks.
 */
const walkable = 10_000;
/** A whole type is scanned at less cost. */
const mostOfType = 20_000;

/** From this size on, a page is first looked for among as many resources of the type as cost less than the set. */
const worthScanning = 500;
const scanned = 2_000;

/** A set of which the rows are looked up sooner than another set is counted. */
const smallEnough = 30;

/** Upper bound on values per criterion: databases limit their parameters. */
const maximumCriteria = 30;
const maximumValues = 300;

export type SearchContext = {
  readonly reader: string | undefined;
  readonly indexing: Pick<Indexing, 'key'>;
  readonly hide: HideValue;
};

export async function search(
  sql: Sql,
  entries: Entries,
  type: string,
  query: Query,
  { reader, indexing, hide }: SearchContext,
): Promise<SearchResult> {
  const place = query.cursor === undefined ? undefined : readCursor(query.cursor, 2);
  if (query.cursor !== undefined && !place) return { kind: 'malformed', name: 'cursor' };

  const tooLong = query.criteria.find((it, index) => index >= maximumCriteria || it.values.length > maximumValues);
  if (tooLong) return { kind: 'malformed', name: tooLong.name };

  const statements = query.distinct && reader === undefined ? statementWalk(type, query, indexing) : undefined;
  const conditions: Condition[] = [];
  const walks: Walk[] = [];
  for (const criterion of query.criteria) {
    const terms = termsOf(type, criterion, { hide, now: query.now });
    if (isUnreadable(terms)) return terms;
    const { condition, keys } = criterionOf(type, terms, { dialect: sql.dialect, indexing, hide, reader });
    if (keys) walks.push({ keys, from: 'resource r', where: piece`r.key in (${keys})`, condition: conditions.length });
    conditions.push(condition);
  }
  if (reader !== undefined) {
    // counted last: a partner reads thousands, and a criterion matches few
    walks.push({ ...readBy(reader), condition: conditions.length });
    conditions.push(readableBy(reader));
  }

  const sorting = sortingOf(type, query.sort ?? '-_lastUpdated');
  if (!sorting) return { kind: 'unsupported', name: '_sort' };
  const isByTime = sorting.value === updated;
  const whole: Walk = {
    keys: piece`select key from resource where type = ${value(type)}`,
    from: 'resource r',
    where: piece`r.type = ${value(type)}`,
    most: mostOfType,
  };
  const isSizeNeeded = walks.length > 0 || query.total === true || !isByTime;
  const smallest: Sized | undefined = statements
    ? { walk: statements, size: smallEnough }
    : isSizeNeeded
      ? await smallestOf([...walks, whole])
      : undefined;
  if (smallest?.size === 0) return { kind: 'found', resources: [], ...(query.total ? { total: 0 } : {}) };
  if (!smallest && !isByTime) return { kind: 'too-many', name: '_sort' };

  const walk = smallest?.walk ?? whole;
  const counted = query.total === true && smallest !== undefined;
  const rows = (smallest && (await newestOf(smallest))) ?? (await pageOf(walk, counted && !place));
  const page = rows.slice(0, query.count);
  const last = page.at(-1);
  return {
    kind: 'found',
    resources: await storedIn(entries, type, page),
    ...(counted ? { total: place ? await count(piece`select 1 ${matchesOf(walk)}`) : totalOf(rows) } : {}),
    ...(rows.length > query.count && last ? { next: writeCursor([number(last.sorting), number(last.key)]) } : {}),
  };

  function matchesOf(walk: Walk): Fragment {
    const rest = conditions.filter((_, index) => index !== walk.condition).map((it) => it('r'));
    return piece`from ${walk.from} where ${all([walk.where, ...(walk === whole ? [] : [ofType('r', type)]), ...rest])}`;
  }

  /** The rows of the page, and one more. Matches are counted during the scan: a second one would cost as much. */
  async function pageOf(walk: Walk, isCounted: boolean, within: Fragment = noCondition): Promise<readonly Row[]> {
    const { value: sortedBy, direction } = sorting!;
    return sql.all(
      ...statement(
        piece`select r.key, r.id, r.version, r.updated, r.entry, r.part, ${sortedBy} as sorting
            ${isCounted ? ', count(*) over () as total' : ''}
          ${matchesOf(walk)} ${afterPlace()} ${within} order by sorting${direction}, r.key${direction}
          limit ${value(query.count + 1)}`,
      ),
    );
  }

  function afterPlace(): Fragment {
    const { value: sortedBy, beyond } = sorting!;
    return place ? piece`and (${sortedBy}, r.key) ${beyond} (${value(place[0]!)}, ${value(place[1]!)})` : noCondition;
  }

  /**
   * The page when the resources of the type that are next in time fill it. Of a large set the page mostly lies among them,
   * and the set needs no scan. Undefined when they don't fill it, and when the set is small, counted or sorted otherwise.
   */
  async function newestOf({ walk, size }: Sized): Promise<readonly Row[] | undefined> {
    if (!isByTime || query.total || walk === whole || size < worthScanning) return undefined;
    const { direction } = sorting!;
    const bound = await first(
      sql.all(
        ...statement(
          piece`select r.updated from resource r where r.type = ${value(type)} ${afterPlace()}
            order by r.updated${direction}, r.key${direction} limit 1 offset ${value(scanned)}`,
        ),
      ),
    );
    const within = bound
      ? piece`and r.updated ${direction ? '>=' : '<='} ${value(number(bound.updated))}`
      : noCondition;
    const rows = await pageOf(whole, false, within);
    return !bound || rows.length > query.count ? rows : undefined;
  }

  /** Counts each set up to `walkable`, until one is small enough. Undefined when all are larger. */
  async function smallestOf(walks: readonly Walk[]): Promise<Sized | undefined> {
    let best: Sized | undefined;
    for (const walk of walks) {
      const limit = Math.min(best?.size ?? Number.POSITIVE_INFINITY, (walk.most ?? walkable) + 1);
      const size = await count(piece`${walk.keys} limit ${value(limit)}`);
      if (size < limit) best = { walk, size };
      if (best && best.size <= smallEnough) return best;
    }
    return best;
  }

  async function count(select: Fragment): Promise<number> {
    return number((await first(sql.all(...statement(piece`select count(*) as n from (${select}) s`))))?.n);
  }
}

/** One of each statement about those whom the only criterion names. Undefined where a type states nothing. */
function statementWalk(type: string, { criteria }: Query, indexing: Pick<Indexing, 'key'>): Walk | undefined {
  const [name, parameter] = Object.entries(parametersOf(type)).find(([, { kind }]) => kind === 'statement') ?? [];
  const [about, ...others] = criteria;
  if (!name || !about || others.length || parametersOf(type)[about.name]?.path !== parameter?.path) return undefined;
  const keys = keysOfStatements(
    indexing.key(type, name),
    about.values.flatMap((it) => keyOfPerson(it) ?? []),
  );
  return { keys, from: 'resource r', where: piece`r.key in (${keys})` };
}

const totalOf = (rows: readonly Row[]): number => number(rows[0]?.total ?? 0);

/** What a partner may read. It is counted in blocks, each of one resource or a few. */
const readBy = (partner: string): Walk => ({
  keys: piece`select block from reader where partner = ${value(partner)}`,
  from: 'reader a join resource r on r.key between a.block * 32 and a.block * 32 + 31',
  where: piece`a.partner = ${value(partner)} and ${isInMask('a.mask', 'r.key')}`,
});

const noCondition: Fragment = { sql: '', values: [] };

const updated: Fragment = { sql: 'r.updated', values: [] };

/** Beyond every date: resources without the value come last in either direction. */
const noDate = 9_000_000_000_000_000;

type Sorting = { readonly value: Fragment; readonly direction: '' | ' desc'; readonly beyond: '>' | '<' };

/** The value to sort by; of a period its start, or its end when descending. Undefined when the type can't be sorted so. */
function sortingOf(type: string, sort: string): Sorting | undefined {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  if (!sortableBy(type).includes(name)) return undefined;
  const order = descending ? ({ direction: ' desc', beyond: '<' } as const) : ({ direction: '', beyond: '>' } as const);
  if (name === '_lastUpdated') return { value: updated, ...order };
  const sql = descending ? `coalesce(r.high, -${noDate})` : `coalesce(r.low, ${noDate})`;
  return { value: { sql, values: [] }, ...order };
}
