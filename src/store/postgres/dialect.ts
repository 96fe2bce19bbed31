import { createHash } from 'node:crypto';
import type { Dialect, Value } from '../sql/sql.ts';
import { toJson, toText, typeOf, type ValueType } from './values.ts';

export const postgres: Dialect = {
  name: 'postgres',
  bytes: 'bytea',
  integer: 'bigint',
  byPrimaryKey: '',
  forUpdate: ' for update',
  rows: (parameter, columns) => {
    const selected = Object.entries(columns).map(([column, type], index) =>
      type === 'integer' ? `cast(value ->> ${index} as bigint) as ${column}` : `value ->> ${index} as ${column}`,
    );
    return `(select ${selected.join(', ')} from jsonb_array_elements(cast(${parameter} as jsonb)) as value)`;
  },
  firstByte: (column) => `encode(substr(${column}, 1, 1), 'hex')`,
  contains: (whole, part) => `strpos(${whole}, ${part}) > 0`,
  fromHex: (text) => `decode(${text}, 'hex')`,
};

type Statement = {
  /** Without a name, a statement is not prepared. */
  readonly name?: string;
  readonly text: string;
  /** Numbers of the parameters that are JSON. */
  readonly json: ReadonlySet<number>;
};

/** Upper bound on the number of prepared statements of a connection. */
const maximumStatements = 500;

/**
 * The statements of a store for PostgreSQL: `?n` becomes `$n` with the type of its value, which PostgreSQL otherwise
 * derives from where the parameter stands, and wrongly for `?1 - 5` when the value exceeds 32 bits. A null has no type:
 * a parameter that may be null must stand where a column says what it is.
 */
export function statements() {
  const known = new Map<string, Map<string, Statement>>();
  let prepared = 0;
  return (text: string, given: readonly Value[]) => {
    let ofText = known.get(text);
    if (!ofText) {
      // texts are a finite set of the source code
      ofText = new Map();
      known.set(text, ofText);
    }
    const signature = given.map(typeOf).join('');
    let statement = ofText.get(signature);
    if (!statement) {
      const translated = translate(text, [...signature] as ValueType[]);
      const name = createHash('sha256').update(translated.text).digest('base64url').slice(0, 22);
      statement = prepared++ < maximumStatements ? { name, ...translated } : translated;
      ofText.set(signature, statement);
    }
    const { json, ...config } = statement;
    return {
      ...config,
      values: given.map((value, index) => {
        if (typeof value !== 'string') return value;
        return json.has(index + 1) ? toJson(value) : toText(value);
      }),
    };
  };
}

const sqlTypes: Readonly<Record<ValueType, string>> = {
  i: '::bigint',
  d: '::double precision',
  t: '::text',
  b: '::bytea',
  n: '',
};

/** Parameters of a text of SQL, but for what looks like one in a literal, a quoted name or a comment. */
const parts = /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|cast\(\?(\d+) as jsonb\)|\?(\d+)/g;

export function translate(
  text: string,
  types: readonly ValueType[],
): { readonly text: string; readonly json: ReadonlySet<number> } {
  const json = new Set(
    [...text.matchAll(parts)].flatMap(([, number]) => (number === undefined ? [] : [Number(number)])),
  );
  const written = text.replace(parts, (whole, ofJson?: string, number?: string) => {
    if (ofJson !== undefined) return `cast($${ofJson} as jsonb)`;
    if (number === undefined) return whole;
    return json.has(Number(number)) ? `$${number}` : `$${number}${sqlTypes[types[Number(number) - 1] ?? 'n']}`;
  });
  return { text: written, json };
}
