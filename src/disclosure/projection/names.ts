import { type Filter, listOf, partsOf } from './filter.ts';
import { limited, matching } from './primitives.ts';

/** Parts of Dutch surnames (voorvoegsels) that are written without a capital. */
const particles =
  "aan|af|al|am|an|auf|aus|ben|bij|bin|d'|da|dal|dalla|das|de|dei|del|della|den|der|des|di|die|do|don|dos|du|el|en|het|i|im|in|la|las|le|les|lo|los|of|onder|op|over|'s|'t|te|ten|ter|thoe|tho|to|toe|tot|uijt|uit|und|unter|van|vanden|ver|vom|von|voor|vor|y|zu|zum|zur|e/v|geb\\.";
/** No part can be read in two ways: a hostile name costs no more time than a real one. */
const capital = '[\\p{Lu}\\p{Lt}\\p{Lo}]';
const letters = "[\\p{L}\\p{M}'’]*";
const capitalised = `(?:d['’]|['’][st] ?)?${capital}${letters}\\.?(?:${capital}\\p{M}*\\.)*`;
/** One word, possibly hyphenated, that begins as a name does. */
const word = `${capitalised}(?:-\\p{L}${letters}\\.?)*`;

/** Up to four words in letters, each with a capital: a sentence in the place of a name is withheld. */
export const givenName: Filter = limited(60, new RegExp(`^${word}(?: ${word}){0,3}$`, 'u'));
/** The same with prefixes, up to eight words: `van der Berg-de Vries`. */
export const familyName: Filter = limited(
  80,
  new RegExp(`^(?:(?:${particles}) ){0,4}${word}(?:(?: - | |- )(?:(?:${particles}) ){0,4}${word}){0,3}$`, 'u'),
);
export const title: Filter = limited(
  20,
  /^(?:dhr\.?|de heer|heer|mevr\.?|mw\.?|mevrouw|dr\.?|drs\.?|ir\.?|ing\.?|mr\.?|prof\.?|ds\.?|bc\.?|jhr\.?|jkvr\.?)$/i,
);

const phone = matching(/^\+?[\d][\d ()./-]{2,24}$/);
const email = limited(120, /^[^\s@<>()"',;:]{1,64}@[A-Za-z0-9.-]{1,63}$/);
const code = matching(/^[a-z]+(-[a-z]+)*$/);

/** System, use and a value that reads as a number or an email address; a note in its place is withheld. */
export const contactPoint: Filter = (it, context) => {
  const point = partsOf([
    ['system', matching(/^(?:phone|sms|fax|email)$/)],
    ['use', code],
  ])(it, context) as { readonly system?: string } | undefined;
  if (!point) return undefined;
  const value = partsOf([['value', point.system === 'email' ? email : phone]])(it, context);
  return point.system && value ? { ...point, ...value } : undefined;
};

const addressWords = "[\\p{L}\\p{M}\\d][\\p{L}\\p{M}\\d.'’/&-]*";
/** A street with a number, or a number alone: words without a number can be anything. */
export const street: Filter = limited(70, new RegExp(`^(?=.*\\d)${addressWords}(?: ${addressWords}){0,7}$`, 'u'));
export const city: Filter = limited(50, /^(?:'[st] ?-?)?\p{Lu}[\p{L}\p{M}.'’()-]*(?: [\p{L}\p{M}.'’()-]+){0,4}$/u);
export const postalCode: Filter = matching(/^(?=.*\d)[A-Z0-9][A-Z0-9 -]{1,9}$/i);
export const country: Filter = matching(/^(?:[A-Z]{2,3}|\p{Lu}[\p{L} ]{2,40})$/u);

/** Whether one of the names of a person has a part that may be disclosed. */
export const readsAsName = (names: unknown): boolean =>
  listOf((it, context) =>
    partsOf([
      ['family', familyName],
      ['given', listOf(givenName)],
    ])(it, context),
  )(names, { permissions: {}, resource: {} }) !== undefined;
