import type { Value } from '../sql.ts';

/** A piece of SQL with its values, each marked `?`. */
export type Fragment = { readonly sql: string; readonly values: readonly Value[] };

/** A text of pieces: `piece\`select ${column} from t where x = ${fragment}\``. */
export function piece(texts: TemplateStringsArray, ...parts: readonly (Fragment | string)[]): Fragment {
  const all = texts.flatMap((text, index) => {
    const part = parts[index];
    return part === undefined ? [text] : [text, part];
  });
  return {
    sql: all.map((it) => (typeof it === 'string' ? it : it.sql)).join(''),
    values: all.flatMap((it) => (typeof it === 'string' ? [] : it.values)),
  };
}

export const value = (it: Value): Fragment => ({ sql: '?', values: [it] });

export const values = (all: readonly Value[]): Fragment => ({ sql: all.map(() => '?').join(', '), values: all });

export const either = (parts: readonly Fragment[]): Fragment => {
  const [only, ...more] = parts;
  if (!only) return { sql: 'false', values: [] };
  return more.length ? joined(parts, ' or ', '(', ')') : only;
};

export const all = (parts: readonly Fragment[]): Fragment => joined(parts, ' and ');

export const joined = (parts: readonly Fragment[], by: string, start = '', end = ''): Fragment => ({
  sql: `${start}${parts.map((it) => it.sql).join(by)}${end}`,
  values: parts.flatMap((it) => it.values),
});

/** The text with numbered placeholders, followed by its values: arguments of `Sql.all`. */
export function statement({ sql, values }: Fragment): [string, ...Value[]] {
  let place = 0;
  return [sql.replace(/\?/g, () => `?${++place}`), ...values];
}
