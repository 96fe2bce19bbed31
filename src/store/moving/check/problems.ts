import { type Issue, issue } from '../../../fhir/issue.ts';

/** Of one rule and table; the others are counted. */
const mostOfOne = 20;

/** Problems as they are found; of many of one kind the first. */
export type Problems = {
  /** `kind`: what the others of the kind have in common. */
  readonly add: (kind: string, found: Issue) => void;
  /** Runs a part of the check. What SQLite cannot read is a problem, and the other parts go on. */
  readonly part: (place: string, work: () => Promise<void>) => Promise<void>;
  readonly found: () => readonly Issue[];
  /** Those that are not listed. */
  readonly others: () => number;
};

export function problems(): Problems {
  const found: Issue[] = [];
  const counts = new Map<string, number>();
  const add: Problems['add'] = (kind, problem) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= mostOfOne) found.push(problem);
  };
  return {
    add,
    part: async (place, work) => {
      try {
        await work();
      } catch (why) {
        if (!isDamage(why)) throw why;
        add('corrupt', issue('store-corrupt', { place, problem: why.message }));
      }
    },
    found: () => found,
    others: () => [...counts.values()].reduce((sum, count) => sum + Math.max(0, count - mostOfOne), 0),
  };
}

/** SQLITE_ERROR (a table that is gone from a damaged schema), SQLITE_CORRUPT, SQLITE_IOERR, SQLITE_NOTADB. */
const codes: ReadonlySet<number> = new Set([1, 11, 10, 26]);

export const isDamage = (why: unknown): why is Error =>
  why instanceof Error && codes.has(((why as { readonly errcode?: number }).errcode ?? 0) & 0xff);
