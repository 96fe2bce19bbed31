import { removedEntries } from '../../../audit/event.ts';
import type { AuditEvent } from '../../port.ts';
import { unpackFacts } from '../../sql/journal/facts.ts';
import { readRanges } from '../../sql/ranges.ts';

/** An entry of which the retention removed the content, or all but the hashes. */
export type RemovedEntry = {
  readonly seq: number;
  readonly at: number;
  readonly kind: 'without content' | 'stub';
  readonly removedAt: number;
};

/** The removals that the audit trail records: each step of the retention records the entries that it removed. */
export type Removals = {
  /** Reads the audit events of an entry of the chain. */
  readonly read: (facts: Uint8Array) => void;
  readonly unexplained: (removed: readonly RemovedEntry[]) => readonly RemovedEntry[];
};

export function removalsFound(): Removals {
  const ranges: (readonly [number, number])[] = [];
  return {
    read: (facts) => {
      for (const text of textsOf(facts))
        if (text.includes(`"${removedEntries}"`))
          for (const { detail = [] } of (JSON.parse(text) as AuditEvent).entity ?? [])
            for (const { type, valueString = '' } of detail)
              if (type === removedEntries) ranges.push(...readRanges(valueString));
    },
    unexplained: (removed) => {
      const isRecorded = within(ranges);
      const found = removed.filter(({ seq }) => !isRecorded(seq));
      // The record of a removal is removed after its own term. It was written when the entry was removed.
      const recorded = removed.filter(({ kind, seq }) => kind === 'stub' && isRecorded(seq));
      const latest = recorded.reduce((time, { at }) => Math.max(time, at), Number.NEGATIVE_INFINITY);
      return found.filter(({ at, removedAt }) => removedAt < at || removedAt > latest);
    },
  };
}

function within(ranges: readonly (readonly [number, number])[]): (seq: number) => boolean {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort(([one], [other]) => one - other)) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return (seq) => {
    let [low, high] = [0, merged.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (merged[middle]![1] < seq) low = middle + 1;
      else high = middle;
    }
    return (merged[low]?.[0] ?? Number.POSITIVE_INFINITY) <= seq;
  };
}

/** Facts that cannot be read are reported by the check of the entries. */
function textsOf(facts: Uint8Array): readonly string[] {
  try {
    return unpackFacts(facts);
  } catch {
    return [];
  }
}
