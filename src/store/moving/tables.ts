import { operationsOf } from '../sql/operations/schema.ts';
import { chainOf, personsOf, removedOf, schemaOf } from '../sql/schema.ts';
import type { Dialect, Row, Sql, Value } from '../sql/sql.ts';

/** A table of the layout, from the statement that creates it. */
export type Table = {
  readonly name: string;
  readonly columns: Readonly<Record<string, 'text' | 'integer' | 'bytes'>>;
  /** Columns of the primary key. */
  readonly key: readonly string[];
};

/** The tables of the layout, in the order of the schema. */
export const tablesOf = (dialect: Dialect): readonly Table[] =>
  [...schemaOf(dialect), ...removedOf(dialect), ...personsOf(dialect), ...operationsOf(dialect)].flatMap(
    (statement) => {
      const [, name, body] = /^create table (\w+) \((.*)\)/s.exec(statement) ?? [];
      if (name === undefined || body === undefined) return [];
      const added = [...chainOf(dialect), ...personsOf(dialect), ...operationsOf(dialect)].flatMap(
        (it) => addColumn.exec(it)?.slice(1) ?? [],
      );
      const columns = added.filter((_, place) => place % 2 === 1 && added[place - 1] === name);
      return { name, ...partsOf([body, ...columns].join(',\n'), dialect) };
    },
  );

const addColumn = /^alter table (\w+) add column (.*)$/;

function partsOf(body: string, dialect: Dialect): Pick<Table, 'columns' | 'key'> {
  const columns: Record<string, 'text' | 'integer' | 'bytes'> = {};
  const types = { text: 'text', [dialect.integer]: 'integer', [dialect.bytes]: 'bytes' } as const;
  const parts = splitOutsideBrackets(body);
  for (const part of parts) {
    const [name = '', type = ''] = part.split(/\s+/);
    if (type in types) columns[name] = types[type]!;
  }
  const [, together] = parts.flatMap((part) => /^primary key \((.*)\)/.exec(part) ?? []);
  const alone = parts.filter((part) => / primary key\b/.test(part)).map((part) => part.split(/\s+/)[0] ?? '');
  return { columns, key: together?.split(/,\s*/) ?? alone };
}

function splitOutsideBrackets(body: string): readonly string[] {
  const parts: string[] = [];
  let [part, depth] = ['', 0];
  for (const letter of `${body},`) {
    if (letter === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
      continue;
    }
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    part += letter;
  }
  return parts;
}

/** Rows of one statement, fewer when they are large. */
const pageSize = 500;

/** Each kind of database numbers its own schemas. */
export const isCopied = "name <> 'schema'";

/** The rows of a table, in the order of its key. */
export async function* pagesOf(sql: Sql, { name, columns, key }: Table): AsyncGenerator<readonly Row[]> {
  const keys = key.join(', ');
  const size = Object.values(columns).includes('bytes') ? 50 : pageSize;
  let after: readonly Value[] | undefined;
  for (let more = true; more; ) {
    const places = key.map((_, index) => `?${index + 2}`).join(', ');
    const conditions = [...(after ? [`(${keys}) > (${places})`] : []), ...(name === 'meta' ? [isCopied] : [])];
    const where = conditions.length ? `where ${conditions.join(' and ')}` : '';
    const rows = await sql.all(
      `select ${Object.keys(columns).join(', ')} from ${name} ${where} order by ${keys} limit ?1`,
      size,
      ...(after ?? []),
    );
    if (rows.length) yield rows;
    const last = rows.at(-1);
    if (last) after = key.map((column) => last[column] as Value);
    more = rows.length === size;
  }
}
