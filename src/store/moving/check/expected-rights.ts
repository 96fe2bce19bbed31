import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { EntryRights } from '../../sql/journal/rights.ts';
import { bitOf, blockOf, isSet, resourceKey } from '../../sql/keys.ts';

/** A right to read, from version `since` on. */
export type Right = { readonly partner: string; readonly resource: number; readonly since: number };
export type Mask = { readonly partner: string; readonly block: number; readonly mask: number };

/** Rights to read as the journal has them. */
export type ExpectedRights = {
  readonly add: (entry: number, rights: EntryRights) => void;
  /** The readers of a block; what was asked for is not in `unseen`. */
  readonly see: (partner: string, block: number) => number;
  readonly sinceOf: (partner: string, resource: number) => number;
  /** Blocks after this one that have readers and were not asked for. */
  readonly unseen: (after: readonly [partner: string, block: number], count: number) => readonly Mask[];
  /** Rights that begin with a later version than the first. */
  readonly later: (after: readonly [resource: number, partner: string], count: number) => readonly Right[];
  readonly close: () => void;
};

const layout = `
  pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -32000;
  create table reader (partner text, block integer, mask integer, seen integer default 0,
    primary key (partner, block)) without rowid;
  create table later (resource integer, partner text, since integer, primary key (resource, partner)) without rowid;
  begin`;

/** In a file of its own that nobody else sees, and that goes with it: as many as the store has do not fit in memory. */
export function expectedRights(): ExpectedRights {
  const scratch = new DatabaseSync('');
  scratch.exec(layout);
  const on = (sql: string): StatementSync => scratch.prepare(sql);
  const give = on(`insert into reader (partner, block, mask) values (?, ?, ?)
    on conflict do update set mask = mask | excluded.mask`);
  const take = on('update reader set mask = mask & ~? where partner = ? and block = ?');
  const maskOf = on('select mask from reader where partner = ? and block = ?');
  const markSeen = on('update reader set seen = 1 where partner = ? and block = ?');
  const addLater = on('insert or replace into later values (?, ?, ?)');
  const dropLater = on('delete from later where resource = ? and partner = ?');
  const laterOf = on('select since from later where resource = ? and partner = ?');
  const unseen = on(`select partner, block, mask from reader
    where (partner, block) > (?, ?) and seen = 0 and mask <> 0 order by partner, block limit ?`);
  const later = on(`select resource, partner, since from later
    where (resource, partner) > (?, ?) order by resource, partner limit ?`);
  const readersOf = (partner: string, block: number): number => Number(maskOf.get(partner, block)?.mask ?? 0);
  return {
    add: (entry, { created = {}, ended = [], granted = [] }) => {
      const first = blockOf(resourceKey(entry, 0));
      for (const [partner, masks] of Object.entries(created))
        for (const [index, mask] of masks.entries()) if (mask) give.run(partner, first + index, mask);
      for (const [partner, resource] of ended) {
        take.run(bitOf(resource), partner, blockOf(resource));
        dropLater.run(resource, partner);
      }
      for (const [partner, resource, since] of granted) {
        if (isSet(readersOf(partner, blockOf(resource)), resource)) continue;
        give.run(partner, blockOf(resource), bitOf(resource));
        if (since > 1) addLater.run(resource, partner, since);
      }
    },
    see: (partner, block) => {
      const mask = readersOf(partner, block);
      if (mask) markSeen.run(partner, block);
      return mask;
    },
    sinceOf: (partner, resource) => Number(laterOf.get(resource, partner)?.since ?? 1),
    unseen: (after, count) => unseen.all(...after, count) as unknown as readonly Mask[],
    later: (after, count) => later.all(...after, count) as unknown as readonly Right[],
    close: () => scratch.close(),
  };
}
