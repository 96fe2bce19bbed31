/** A row of the previous layout that a message wrote, or another commit. */
export type Owned = {
  /** Key of the message whose commit or request it belongs to. */
  readonly owner: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** Rows in the order in which they were written, to be divided over the entries of the journal. */
export type Stream<T extends Owned> = {
  /** Takes the next row, when it is to be written before the message with this key, which was received `at`. */
  readonly before: (message: number, at: number) => T | undefined;
  /** Takes the next rows as far as they belong to this message. */
  readonly of: (message: number) => readonly T[];
  /** Takes the next row. */
  readonly next: () => T | undefined;
};

/** How far another commit of the same moment may have come between. */
const lookAhead = 200;
/** Below the numbers that an entry has for resources, dispatches and audit events. */
const mostOfOne = 4_000;

/**
 * The previous layout has no number of a commit, but each table is in the order of commits. A row that is not written with
 * its message (because its commit was a later one) goes into an entry of its own, so that the order within a table stays
 * in any case.
 */
export function streamOf<T extends Owned>(rows: Iterator<T>): Stream<T> {
  const ahead: T[] = [];
  const fill = (count: number): void => {
    while (ahead.length < count) {
      const { done, value } = rows.next();
      if (done) return;
      ahead.push(value);
    }
  };
  const precedes = (message: number): boolean => {
    fill(lookAhead);
    const place = ahead.findIndex(({ owner }) => owner !== undefined && owner >= message);
    return ahead[place]?.owner === message;
  };
  return {
    before: (message, at) => {
      fill(1);
      const [first] = ahead;
      if (!first || first.owner === message) return undefined;
      const isEarlier = first.owner === undefined ? first.at < at : first.owner < message;
      return isEarlier || precedes(message) ? ahead.shift() : undefined;
    },
    of: (message) => {
      const own: T[] = [];
      for (fill(1); ahead[0]?.owner === message && own.length < mostOfOne; fill(1)) own.push(ahead.shift()!);
      return own;
    },
    next: () => {
      fill(1);
      return ahead.shift();
    },
  };
}
