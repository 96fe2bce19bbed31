import { editDistance } from '../../fhir/nearest-name.ts';

/** Properties about consent by their names, in English and Dutch: one that no rule reads could be a refusal. */
export const aboutConsent =
  /consent|toestem|permission|permit|bezwaar|objection|objects?\b|refus|weiger|opt-?(?:in|out)|akkoord|privacy|optin|optout/i;

/** Whether the name of a property is about consent, also when it is misspelt in one place: `consnt`, `toestemmnig`. */
export const isAboutConsent = (name: string): boolean =>
  aboutConsent.test(name) ||
  wordsOf(name).some((word) => !otherWords.has(word) && names.some((it) => isSlip(word, it)));

const names = [
  'consent',
  'consents',
  'toestemming',
  'permission',
  'objection',
  'bezwaar',
  'refusal',
  'weigering',
  'akkoord',
];
/** Words of their own at one letter from those. */
const otherWords: ReadonlySet<string> = new Set(['content', 'contents', 'convent', 'convents']);

/** One letter missing, added or replaced, or two exchanged. */
function isSlip(word: string, name: string): boolean {
  const distance = editDistance(word, name);
  return distance <= 1 || (distance === 2 && sorted(word) === sorted(name));
}

const sorted = (word: string): string => [...word].sort().join('');

/** `givenConsnt` as `given` and `consnt`, and the whole. */
const wordsOf = (name: string): string[] =>
  name.length > 64 ? [] : [name, ...name.split(/[^\p{L}]+|(?=\p{Lu})/u)].map((it) => it.toLowerCase());
