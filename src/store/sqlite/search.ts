import type { SQLInputValue } from 'node:sqlite';
import { readCursor, writeCursor } from '../cursor.ts';
import type { Query, SearchResult } from '../port.ts';
import type { HideValue } from '../search-index.ts';
import { type Prefix, sortableBy } from '../search-parameters.ts';
import { type DateTerm, isUnreadable, type Terms, type TokenTerm, termsOf } from '../search-terms.ts';
import { type Database, number } from './database.ts';
import { type Indexing, storedOf } from './resources.ts';

/** An SQL fragment with its parameters. */
type Sql = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/** A condition on the resource whose key is in the given column. */
type Condition = (key: string) => Sql;

/** An enumerable set of resources: the smallest one is scanned, and the other conditions are looked up for each row. */
type Walk = { readonly from: string; readonly where: Sql; readonly condition: number };

/** A larger set is scanned in order of time until a page is full, and not counted. */
const walkable = 20_000;

/** A set of which the rows are looked up sooner than another set is counted. */
const smallEnough = 30;

/** Upper bound on values per criterion: SQLite limits its parameters. */
const maximumCriteria = 30;
const maximumValues = 300;

export function search(
  database: Database,
  type: string,
  query: Query,
  reader: string | undefined,
  indexing: Pick<Indexing, 'key'>,
  hide: HideValue,
): SearchResult {
  const place = query.cursor === undefined ? undefined : readCursor(query.cursor, 2);
  if (query.cursor !== undefined && !place) return { kind: 'malformed', name: 'cursor' };

  const tooLong = query.criteria.find((it, index) => index >= maximumCriteria || it.values.length > maximumValues);
  if (tooLong) return { kind: 'malformed', name: tooLong.name };

  const conditions: Condition[] = [];
  const walks: Walk[] = [];
  for (const criterion of query.criteria) {
    const terms = termsOf(type, criterion, { hide, now: query.now });
    if (isUnreadable(terms)) return terms;
    const { condition, from, where } = conditionOf(type, terms, { indexing, reader });
    if (from && where) walks.push({ from, where, condition: conditions.length });
    conditions.push(condition);
  }
  if (reader !== undefined) {
    const seen = { sql: 'partner = ? and type = ?', values: [reader, type] };
    // counted last: a partner reads thousands, and a criterion matches few
    walks.push({ from: 'reader', where: seen, condition: conditions.length });
    conditions.push(exists('reader', seen));
  }

  const sorting = sortingOf(type, query.sort ?? '-_lastUpdated', indexing);
  if (!sorting) return { kind: 'unsupported', name: '_sort' };
  const smallest = smallestOf(database, type, walks);
  if (smallest?.size === 0) return { kind: 'found', resources: [], ...(query.total ? { total: 0 } : {}) };
  if (!smallest && sorting.value.sql !== lastUpdated) return { kind: 'too-many', name: '_sort' };
  const walk = smallest?.walk;
  const from = walk ? `${walkedOnce(walk)} w cross join resource r on r.key = w.resource` : 'resource r';
  const start = walk?.where.values ?? [];
  const rest = conditions
    .filter((_, index) => index !== walk?.condition)
    .map((it) => it(walk ? 'w.resource' : 'r.key'));
  const matches = join([{ sql: 'r.type = ?', values: [type] }, ...rest]);

  const { value, direction, beyond } = sorting;
  const onPage = place
    ? join([
        matches,
        { sql: `(${value.sql}, r.key) ${beyond} (?, ?)`, values: [...value.values, place[0]!, place[1]!] },
      ])
    : matches;
  const counted = query.total && smallest !== undefined;
  // Counted during the scan where possible: a second scan would cost as much as the first.
  const total = counted && !place ? ', count(*) over () as total' : '';
  const rows = database.all(
    `select p.*, v.text from (
       select r.key, r.type, r.id, r.version, r.last_updated, ${value.sql} as sorting${total} from ${from} where ${onPage.sql}
       order by sorting${direction}, r.key${direction} limit ?
     ) p join version v on v.resource = p.key and v.version = p.version
     order by p.sorting${direction}, p.key${direction}`,
    ...value.values,
    ...start,
    ...onPage.values,
    query.count + 1,
  );
  const count = () =>
    number(
      place
        ? database.get(`select count(*) as n from ${from} where ${matches.sql}`, ...start, ...matches.values)?.n
        : (rows[0]?.total ?? 0),
    );
  const page = rows.slice(0, query.count);
  const last = page.at(-1);
  return {
    kind: 'found',
    resources: page.map(storedOf),
    ...(counted ? { total: count() } : {}),
    ...(rows.length > query.count && last ? { next: writeCursor([number(last.sorting), number(last.key)]) } : {}),
  };
}

const lastUpdated = 'r.last_updated';

/** Beyond every date: resources without the value come last in either direction. */
const noDate = 9_000_000_000_000_000;

type Sorting = { readonly value: Sql; readonly direction: '' | ' desc'; readonly beyond: '>' | '<' };

/** The value to sort by; of a period its start, or its end when descending. Undefined when the type can't be sorted so. */
function sortingOf(type: string, sort: string, indexing: Pick<Indexing, 'key'>): Sorting | undefined {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  if (!sortableBy(type).includes(name)) return undefined;
  const order = descending ? ({ direction: ' desc', beyond: '<' } as const) : ({ direction: '', beyond: '>' } as const);
  if (name === '_lastUpdated') return { value: { sql: lastUpdated, values: [] }, ...order };
  const [end, none] = descending ? ['max(high)', -noDate] : ['min(low)', noDate];
  const sql = `coalesce((select ${end} from date where parameter = ? and resource = r.key), ${none})`;
  return { value: { sql, values: [indexing.key(type, name)] }, ...order };
}

/** Each resource once: several values, or one value in several systems, may match the same one. */
function walkedOnce({ from, where }: Walk): string {
  if (from === 'reader') return `(select resource from reader where ${where.sql})`;
  if (from === 'resource') return `(select key as resource from resource where ${where.sql})`;
  return `(select distinct resource from token where ${where.sql})`;
}

type Smallest = { readonly walk?: Walk; readonly size: number };

/** Counts each set up to `walkable`, until one is small enough. Undefined when all are larger. */
function smallestOf(database: Database, type: string, walks: readonly Walk[]): Smallest | undefined {
  let best: Smallest | undefined;
  const whole = { from: 'resource', where: { sql: 'type = ?', values: [type] } };
  for (const walk of [...walks, undefined]) {
    const { from, where } = walk ?? whole;
    const limit = best?.size ?? walkable + 1;
    const size = number(
      database.get(
        `select count(*) as n from (select 1 from ${from} where ${where.sql} limit ?)`,
        ...where.values,
        limit,
      )?.n,
    );
    if (size < limit) best = walk ? { walk, size } : { size };
    if (best && best.size <= smallEnough) return best;
  }
  return best;
}

type Searching = { readonly indexing: Pick<Indexing, 'key'>; readonly reader: string | undefined };

function conditionOf(
  type: string,
  terms: Terms,
  searching: Searching,
): { readonly condition: Condition; readonly from?: string; readonly where?: Sql } {
  const { indexing } = searching;
  switch (terms.kind) {
    case 'either': {
      const conditions = terms.of.map((it) => conditionOf(type, it, searching).condition);
      return { condition: (key) => either(conditions.map((it) => it(key))) };
    }
    case 'through':
      return { condition: through(type, terms, searching) };
    case 'unsupported':
    case 'malformed':
      return { condition: () => either([]) };
    case 'id': {
      const ids = `id in (${terms.values.map(() => '?').join(', ')})`;
      return {
        condition: () => ({ sql: `r.${ids}`, values: terms.values }),
        from: 'resource',
        where: { sql: `type = ? and ${ids}`, values: [type, ...terms.values] },
      };
    }
    case 'updated': {
      const range = either(terms.terms.map((it) => during(it, 'r.last_updated', 'r.last_updated')));
      return { condition: () => range };
    }
    case 'date': {
      const range = either(terms.terms.map((it) => during(it, 'low', 'high')));
      return { condition: exists('date', ofParameter(indexing.key(type, terms.parameter), range)) };
    }
    case 'token': {
      const where = ofParameter(indexing.key(type, terms.parameter), tokens(terms.terms));
      if (terms.not) return { condition: exists('token', where, 'not ') };
      return { condition: exists('token', where), from: 'token', where };
    }
  }
}

/** Looked up once, from the resources referred to: the index leads from a value to a resource. */
function through(
  type: string,
  { parameter, type: target, inner }: Extract<Terms, { readonly kind: 'through' }>,
  searching: Searching,
): Condition {
  const condition = conditionOf(target, inner, searching).condition('p.key');
  const seen =
    searching.reader === undefined
      ? []
      : [exists('reader', { sql: 'partner = ? and type = ?', values: [searching.reader, target] })('p.key')];
  const { sql, values } = join([{ sql: 'p.type = ?', values: [target] }, condition, ...seen]);
  return (key) => ({
    sql: `${key} in (select t.resource from resource p join token t
      on t.parameter = ? and t.value = p.type || '/' || p.id where ${sql})`,
    values: [searching.indexing.key(type, parameter), ...values],
  });
}

const exists =
  (table: string, { sql, values }: Sql, not = ''): Condition =>
  (key) => ({ sql: `${not}exists (select 1 from ${table} where ${sql} and resource = ${key})`, values });

const ofParameter = (parameter: number, { sql, values }: Sql): Sql => ({
  sql: `parameter = ? and ${sql}`,
  values: [parameter, ...values],
});

/** Values of any system in one list: SQLite looks each up in the index, unlike in a chain of `or`. */
function tokens(terms: readonly TokenTerm[]): Sql {
  const free = terms.flatMap(({ value, system }) => (value !== undefined && system === undefined ? value : []));
  const bound = terms.filter((it) => it.system !== undefined);
  const parts: Sql[] = bound.map(({ value, system }) =>
    value === undefined
      ? { sql: 'system = ?', values: [system!] }
      : { sql: '(value = ? and system = ?)', values: [value, system!] },
  );
  if (free.length) parts.push({ sql: `value in (${free.map(() => '?').join(', ')})`, values: free });
  return either(parts);
}

/** Compares the range [low, high] of a resource with that of the query, by prefix. */
const compare: Readonly<Record<Prefix, (low: string, high: string) => string>> = {
  eq: (low, high) => `(${low} >= :low and ${high} <= :high)`,
  ne: (low, high) => `not (${low} >= :low and ${high} <= :high)`,
  gt: (_, high) => `${high} > :high`,
  lt: (low) => `${low} < :low`,
  ge: (_, high) => `${high} >= :low`,
  le: (low) => `${low} <= :high`,
  sa: (low) => `${low} > :high`,
  eb: (_, high) => `${high} < :low`,
  ap: (low, high) => `(${low} <= :high and ${high} >= :low)`,
};

function during(term: DateTerm, low: string, high: string): Sql {
  const values: number[] = [];
  const sql = compare[term.prefix](low, high).replace(/:(low|high)/g, (_, end: 'low' | 'high') => {
    values.push(term[end]);
    return '?';
  });
  return { sql, values };
}

const either = (parts: readonly Sql[]): Sql => ({
  sql: parts.length ? `(${parts.map((it) => it.sql).join(' or ')})` : 'false',
  values: parts.flatMap((it) => it.values),
});

const join = (parts: readonly Sql[]): Sql => ({
  sql: parts.map((it) => it.sql).join(' and '),
  values: parts.flatMap((it) => it.values),
});
