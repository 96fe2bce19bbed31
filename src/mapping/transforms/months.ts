/** Names of months, in the order of the year; where English and Dutch differ both are read. */
export const fullMonths: readonly (readonly string[])[] = [
  ['january', 'januari'],
  ['february', 'februari'],
  ['march', 'maart'],
  ['april'],
  ['may', 'mei'],
  ['june', 'juni'],
  ['july', 'juli'],
  ['august', 'augustus'],
  ['september'],
  ['october', 'oktober'],
  ['november'],
  ['december'],
];

/** What is read for `MMM`; a point behind an abbreviation stands in the format. */
export const shortMonths: readonly (readonly string[])[] = [
  ['jan'],
  ['feb'],
  ['mar', 'mrt'],
  ['apr'],
  ['may', 'mei'],
  ['jun'],
  ['jul'],
  ['aug'],
  ['sep', 'sept'],
  ['oct', 'okt'],
  ['nov'],
  ['dec'],
];

/** Longer names first: `sept` before `sep`. */
export const monthPattern = (months: readonly (readonly string[])[]): string =>
  months
    .flat()
    .sort((a, b) => b.length - a.length)
    .join('|');

const numbers = new Map(
  [...fullMonths, ...shortMonths].flatMap((names, at) => names.map((name) => [name, String((at % 12) + 1)] as const)),
);

/** `3` for `maart`; what is a number already stays so. */
export const monthNumber = (written: string): string => numbers.get(written.toLowerCase()) ?? written;
