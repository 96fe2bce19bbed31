/** The names that narratives may use, found in the characters of a tag without a string for each. */

const elements =
  'a abbr acronym b big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var';

const attributes =
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords datetime dir frame headers height href hreflang hspace id label lang longdesc name noshade nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang xml:space xmlns';

/**
 * Names as a tree of their characters: `next[state * 128 + code]` is the state after one more character, 0 when no name goes
 * on with it. State 0 is the start.
 */
type Names = {
  readonly next: Uint16Array;
  /** The number of the name that ends in a state; 0 where none does. */
  readonly ends: Uint8Array;
  /** By number, from 1. */
  readonly names: readonly string[];
};

function treeOf(list: string): Names {
  const names = ['', ...list.split(' ')];
  const size = names.join('').length + 1;
  const next = new Uint16Array(128 * size);
  const ends = new Uint8Array(size);
  let states = 1;
  for (const [number, name] of names.entries()) {
    let state = 0;
    for (let i = 0; i < name.length; i++) {
      const at = state * 128 + name.charCodeAt(i);
      if (next[at] === 0) next[at] = states++;
      state = next[at]!;
    }
    ends[state] = number;
  }
  return { next: next.slice(0, 128 * states), ends, names };
}

/** https://hl7.org/fhir/R4/narrative.html#rules: HTML 4.0 chapters 7-11 (but section 4) and 15, links, images. */
export const allowedElements = treeOf(elements);
export const allowedAttributes = treeOf(attributes);

/** The number of the name from a position to the end of a name; 0 when it is none of the list. */
export function nameAt({ next, ends }: Names, codes: Uint16Array, start: number): number {
  let state = 0;
  for (let at = start; ; at++) {
    const code = codes[at]!;
    const after = code < 128 ? next[state * 128 + code]! : 0;
    if (after === 0) return isNamePart(code) ? 0 : ends[state]!;
    state = after;
  }
}

/** Letters, digits and the other characters of XHTML names. */
export const isNamePart = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 58) ||
  code === 45 ||
  code === 46 ||
  code === 95;
