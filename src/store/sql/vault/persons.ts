import { referencesInText } from '../journal/mentions.ts';
import type { Persons, Text } from './sealed.ts';

/** What is written together: versions of resources, and texts of the message and of what is sent of it. */
export type Described = {
  readonly changes: readonly { readonly type: string; readonly id: string; readonly text: string }[];
  readonly others: readonly Text[];
};

/** The number of the person that a stored resource, `Type/id`, is about; undefined or 0: none is known. */
export type PersonOf = (reference: string) => number | undefined;

/**
 * Whom the texts of an entry are about. A resource is about the Patients that it names; one that names none, as a Task that
 * requests a place without saying for whom, about those of what it refers to, or of its version before; else about those of
 * everything that was written with it. A message and what is sent of it are about all of them, unless they name Patients.
 */
export function personsIn({ changes, others }: Described, personOf: PersonOf): readonly Persons[] {
  const own = changes.map(({ type, id, text }) => {
    const before = personOf(`${type}/${id}`);
    const named = type === 'Patient' ? [] : namesIn(text, personOf);
    return sorted(before ? [before, ...named] : named.length ? named : referredIn(text, personOf));
  });
  const together = sorted(own.flat());
  return [
    ...own.map((persons) => (persons.length ? persons : together)),
    ...others.map((text) => (together.length === 1 ? together : otherwise(text, together, personOf))),
  ];
}

/** References to stored resources whose person is to be known beforehand. */
export const referencesToKnow = (changes: Described['changes'], others: readonly Text[]): readonly string[] => [
  ...new Set([...changes.flatMap(({ text }) => referencesInText(text)), ...others.flatMap(patientsIn)]),
];

const otherwise = (text: Text, together: Persons, personOf: PersonOf): Persons => {
  const named = sorted(patientsIn(text).flatMap((it) => personOf(it) || []));
  return named.length ? named : together;
};

const namesIn = (text: string, personOf: PersonOf): Persons =>
  referencesInText(text)
    .filter((it) => it.startsWith('Patient/'))
    .flatMap((it) => personOf(it) || []);

const referredIn = (text: string, personOf: PersonOf): Persons =>
  referencesInText(text).flatMap((it) => personOf(it) || []);

const patientsIn = (text: Text): readonly string[] =>
  typeof text === 'string' ? referencesInText(text).filter((it) => it.startsWith('Patient/')) : [];

const sorted = (persons: Iterable<number>): Persons => [...new Set(persons)].sort((a, b) => a - b);
