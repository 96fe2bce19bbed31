import type { Bilingual } from '../../fhir/bilingual.ts';
import { typedIn, type Values } from '../form/field.ts';
import { domainWords } from '../inbox/words.ts';

const say = (nl: string, en: string): Bilingual => ({ nl, en });

export const nameOf = (values: Values): string =>
  ['person.givenName', 'person.prefix', 'person.familyName']
    .map((it) => typedIn(values, it))
    .filter(Boolean)
    .join(' ');

/** The first name, to speak of the person by; `de persoon` before it is known. */
export const calledIn = (values: Values): Bilingual => {
  const name = typedIn(values, 'person.givenName') || nameOf(values);
  return name ? { nl: name, en: name } : say('de persoon', 'the person');
};

/** Life domains that may be chosen, in the words of people. */
export const domains = [
  ['finances', say('Geld', 'Money')],
  ['housing', say('Wonen', 'Housing')],
  ['work-and-education', say('Werk en school', 'Work and school')],
  ['use-of-time', say('De dag vullen', 'Filling the day')],
  ['social-network', say('Mensen om mij heen', 'People around me')],
  ['domestic-relations', say('Thuis en gezin', 'Home and family')],
  ['mental-health', say('Hoe ik mij voel', 'How I feel')],
  ['physical-health', say('Lichaam en slapen', 'Body and sleep')],
  ['substance-use', say('Alcohol en drugs', 'Alcohol and drugs')],
  ['instrumental-adl', say('Huishouden en regelen', 'Household')],
  ['participation-in-society', say('Meedoen in de buurt', 'Taking part')],
  ['justice', say('Politie en rechter', 'Police and courts')],
] as const;

export const domainName = (code: string): Bilingual | undefined =>
  domains.find(([it]) => it === code)?.[1] ?? domainWords[code];
