import { yieldToOthers } from '../../../turns.ts';
import type { Change, Commit, PartnerId, ResourceKey } from '../../port.ts';
import { ownBytes } from '../../sendable.ts';
import { textOf } from '../../text.ts';
import type { Indexing, IndexRows } from '../index/indexing.ts';
import { type Facts, factsOf } from '../journal/facts.ts';

/** A change with its text and index rows, ready to be written: made outside the transaction, to keep that short. */
export type PreparedChange = ResourceKey & {
  readonly isNew: boolean;
  /** The version to be written. */
  readonly version: number;
  readonly text: string;
  readonly readers: readonly PartnerId[];
  readonly index: IndexRows;
};

/** A commit as plain data. */
export type PreparedCommit = Omit<Commit, 'changes' | 'audit'> & {
  readonly changes: readonly PreparedChange[];
  readonly facts: Facts;
};

/** Others have their turn between two changes. */
export async function prepare(
  { changes = [], audit = [], ...it }: Commit,
  of: Indexing['of'],
): Promise<PreparedCommit> {
  const { message } = it;
  const yieldIfDue = yieldToOthers();
  const prepared: PreparedChange[] = [];
  for (const change of changes) {
    prepared.push(prepareChange(change, it.now, of));
    const due = yieldIfDue();
    if (due) await due;
  }
  return {
    ...it,
    ...(message ? { message: { ...message, body: ownBytes(message.body) } } : {}),
    changes: prepared,
    facts: factsOf(audit),
  };
}

function prepareChange(change: Change, now: Date, of: Indexing['of']): PreparedChange {
  const { resource, expect, readers } = change;
  const version = expect === 'new' ? 1 : expect.version + 1;
  return {
    type: resource.resourceType,
    id: resource.id,
    isNew: expect === 'new',
    version,
    text: textOf(change, now),
    readers,
    index: of(resource),
  };
}
