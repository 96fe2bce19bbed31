import { type Details, type Issue, issue, type Place, type RuleCode } from './issue.ts';

/** Limits of a reader. The HTTP layer limits the size of the text. */
export type Limits = {
  /**
   * Nesting of elements, counted equally in JSON and XML. All definitions published by HL7 for R4 stay under 13; 64 is
   * enough for any real message and protects recursion over a resource from a stack overflow.
   */
  readonly depth: number;
};

export const defaultLimits: Limits = { depth: 64 };

/** A text that is not a resource. `issue` is the first finding, `issues` are all findings. */
export class ParseError extends Error {
  readonly issues: readonly Issue[];
  readonly issue: Issue;
  readonly rule: RuleCode;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;

  constructor(issues: readonly [Issue, ...Issue[]]) {
    const [first] = issues;
    super(`${first.line ?? 1}:${first.column ?? 1}: ${first.message}`);
    this.name = 'ParseError';
    this.issues = issues;
    this.issue = first;
    this.rule = first.rule;
    this.line = first.line ?? 1;
    this.column = first.column ?? 1;
  }
}

/** Both from 1. */
export type Location = { readonly line: number; readonly column: number };

/** Line and column of offsets in a text. Scans the text for line ends once, on first use. */
export function lineIndex(text: string): (offset: number) => Location {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

export const locationAt = (text: string, offset: number): Location => lineIndex(text)(offset);

export const parseError = <R extends RuleCode>(rule: R, details: Details<R>, place: Place): ParseError =>
  new ParseError([issue(rule, details, place)]);

/**
 * The name of a property or element for a diagnostic. Names come from the message, so anything that does not look like
 * an element name becomes `?`, as does one with a number as long as that of a person.
 */
export const shownName = (name: string): string =>
  /^[_A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name) && !/\d{7}/.test(name) ? name : '?';

/** A place in a message for a diagnostic: the name of its root, and the keys and indexes that lead there. */
export const shownPlace = (root: string, keys: readonly (string | number)[]): string =>
  shownName(root) + keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${shownName(key)}`)).join('');
