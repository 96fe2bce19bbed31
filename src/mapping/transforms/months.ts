/** Names of months in order; where English and Dutch differ both are read. */
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

/** Names for `MMM`; a period after an abbreviation is part of the format. */
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

/** Alternatives with longer names first: `sept` before `sep`. */
export const monthPattern = (months: readonly (readonly string[])[]): string =>
  months
    .flat()
    .sort((a, b) => b.length - a.length)
    .join('|');

const numbers = new Map(
  [...fullMonths, ...shortMonths].flatMap((names, at) => names.map((name) => [name, String((at % 12) + 1)] as const)),
);

/** `3` for `maart`; a number is unchanged. */
export const monthNumber = (written: string): string => numbers.get(written.toLowerCase()) ?? written;
