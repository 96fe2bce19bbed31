import type { HumanName } from '@medplum/fhirtypes';
import { editDistance } from '../../fhir/nearest-name.ts';

/**
 * Whether two lists of names may be those of one person. It compares what is on both sides only, and allows for what
 * differs between two systems that register the same person: diacritics and case, a name particle (voorvoegsel) inside,
 * outside or glued to the family name, the name of a partner before or after one's own, initials for given names, a
 * shortened or a second given name, and a slip of the pen.
 */
export function namesAlike(one: readonly HumanName[], other: readonly HumanName[]): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  return shareAny(a.family, b.family, sameWord) && shareAny(a.given, b.given, sameGiven);
}

/** Words of a name in lower case, without diacritics; `given` retains the dot of an abbreviation. */
type Parts = { readonly family: readonly string[]; readonly given: readonly string[] };

/** Upper bound on the words compared: a name has a handful. */
const mostWords = 24;

function partsOf(names: readonly HumanName[]): Parts {
  const parts = names.map(({ family, given = [], text }) => {
    const structured = { family: family ? familyWords(family) : [], given: given.flatMap(givenWords) };
    return structured.family.length || structured.given.length || !text ? structured : fromText(text);
  });
  return {
    family: [...new Set(parts.flatMap((it) => it.family))].slice(0, mostWords),
    given: [...new Set(parts.flatMap((it) => it.given))].slice(0, mostWords),
  };
}

/** Dutch and other name particles (https://en.wikipedia.org/wiki/Tussenvoegsel), without apostrophes. */
const particles: ReadonlySet<string> = new Set(
  'a aan al auf aus ben bij bin d da dal das de del della den der des di do dos du e el en het i in l la las le les lo los onder op over s t te ten ter tho toe tot uit van vom von voor zu zum zur'.split(
    ' ',
  ),
);

/** Titles that a system writes in front of a name or behind it. */
const titles: ReadonlySet<string> = new Set(
  'dhr mevr mw mej drs dr mr ing ir prof bsc msc ba ma phd fam heer mevrouw'.split(' '),
);

/** Each word of a family name but particles, and all of it as one word: `van den Berg` is written `Vandenberg` too. */
function familyWords(text: string): string[] {
  const words = wordsOf(text).map((it) => it.replaceAll('.', ''));
  const bare = words.filter((it) => !particles.has(it));
  return [...new Set([...(bare.length ? bare : words), words.join(''), bare.join('')])].filter((it) => it !== '');
}

/** `J.P.` and `J P` are two initials; so is `JP`, which has no vowel. */
function givenWords(text: string): string[] {
  return wordsOf(text).flatMap((it) => {
    const isInitials = /^(\p{L}\.)+\p{L}?$/u.test(it) || /^[b-df-hj-np-tv-xz]{2,4}$/.test(it);
    return isInitials ? [...it.replaceAll('.', '')] : it.split('.').flatMap((part, n, all) => dotted(part, n, all));
  });
}

const dotted = (part: string, index: number, all: readonly string[]): string[] =>
  part === '' ? [] : [index < all.length - 1 ? `${part}.` : part];

/** `Berg, J. van den`, or given names first. */
function fromText(text: string): Parts {
  const [before = '', after] = text.split(',', 2);
  if (after !== undefined) return { family: familyWords(before), given: givenWords(withoutParticles(after)) };
  const words = text.split(/\s+/).filter((it) => it !== '' && !titles.has(plain(it).replaceAll('.', '')));
  const particle = words.findIndex((it, index) => index > 0 && particles.has(plain(it)));
  const start = particle > 0 ? particle : Math.max(words.length - 1, 0);
  return { family: familyWords(words.slice(start).join(' ')), given: givenWords(words.slice(0, start).join(' ')) };
}

const withoutParticles = (text: string): string =>
  text
    .split(/\s+/)
    .filter((it) => !particles.has(plain(it)) && !titles.has(plain(it).replaceAll('.', '')))
    .join(' ');

const wordsOf = (text: string): string[] =>
  plain(text)
    .split(/[^\p{L}\p{N}.]+/u)
    .filter((it) => /\p{L}/u.test(it));

/** Letters that do not decompose into a letter and a mark. */
const letters: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ĳ: 'ij',
};

const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/['’`´]/g, ' ')
    .replace(/[øłđßæœıĳ]/g, (it) => letters[it] ?? it)
    .replaceAll('y', 'ij');

/** Nothing on one side is no difference; another script cannot be compared. */
function shareAny(
  one: readonly string[],
  other: readonly string[],
  isSame: (a: string, b: string) => boolean,
): boolean {
  if (one.length === 0 || other.length === 0) return true;
  if (one.every(isLatin) !== other.every(isLatin)) return true;
  return one.some((a) => other.some((b) => isSame(a, b)));
}

const isLatin = (word: string): boolean => /^[\p{Script=Latin}.\p{N}]+$/u.test(word);

/** One letter in five may differ, of a word of at least four. */
const sameWord = (a: string, b: string): boolean =>
  a === b || (Math.min(a.length, b.length) >= 4 && editDistance(a, b) <= Math.min(2, Math.floor(a.length / 4)));

/** An initial or abbreviation fits a name that begins so; so does the short form of a name: Alex, Alexander. */
function sameGiven(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const stem = short.replace('.', '');
  const isAbbreviated = stem.length === 1 || short.endsWith('.') || stem.length >= 3;
  return (isAbbreviated && long.startsWith(stem)) || sameWord(short, long);
}
