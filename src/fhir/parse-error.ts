import { type Details, type Issue, issue, type Place, type RuleCode } from './issue.ts';

/** How much a reader is willing to take on; the size of the text itself is the door's business. */
export type Limits = {
  /**
   * Elements inside elements, counted alike in JSON and XML. All definitions that HL7 publishes for R4 stay under 13;
   * 64 leaves room for any real message and keeps every recursive walk over a resource far from the end of the stack.
   */
  readonly depth: number;
};

export const defaultLimits: Limits = { depth: 64 };

/** A text that is no resource. `issue` is the first finding, `issues` are all of them. */
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

/** Line and column of offsets in a text; reads the text for line ends once, when first asked. */
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
 * The name of a property or element as a diagnostic may show it. Names come from the message too,
 * so only what looks like the name of an element is repeated.
 */
export const shownName = (name: string): string => (/^[_A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name) ? name : '?');
