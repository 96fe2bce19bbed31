import { bulk } from '../bulk.ts';
import { bytes, number, type Row, type Sql, text } from '../sql.ts';
import { type Chain, type Chained, chainFrom, noHash } from './chain.ts';

/** The columns of the row `head` that are the end of the chain. */
export type ChainHead = { readonly chained: unknown; readonly hash: unknown };

export const chainAt = ({ chained, hash }: ChainHead): Chain =>
  chainFrom({ seq: number(chained), hash: text(hash) ? Buffer.from(text(hash), 'base64url') : noHash });

/** The stored bytes of a row of `entry`. */
export const chainedOf = (row: Row): Chained => ({
  seq: number(row.seq),
  at: number(row.at),
  message: row.message === null ? null : text(row.message),
  partner: row.partner === null ? null : text(row.partner),
  head: text(row.head),
  payload: row.payload === null ? null : bytes(row.payload),
  facts: row.facts === null ? null : bytes(row.facts),
});

const pageSize = 100;

/**
 * Adds entries up to number `last` to the chain that a gateway of the release before wrote without a link, while both run on
 * one store.
 */
export async function addMissedLinks(sql: Sql, chain: Chain, last: number): Promise<void> {
  for (let after = chain.end().seq; after < last; after = chain.end().seq) {
    const rows = await sql.all(
      'select * from entry where seq > ?1 and seq <= ?2 order by seq limit ?3',
      after,
      last,
      pageSize,
    );
    if (rows.length === 0) return;
    const links = rows.map((row) => [number(row.seq), chain.add(chainedOf(row)).toString('hex')]);
    await bulk(
      sql,
      (it) => `update entry set link = ${sql.dialect.fromHex('w.link')} from ${it} w where entry.seq = w.seq`,
      { seq: 'integer', link: 'text' },
      links,
    );
  }
}
