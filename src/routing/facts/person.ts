import type { Patient } from '@medplum/fhirtypes';

/** What of a person decides which services take them, besides where they live. */
export type PersonFacts = {
  /** In whole years at the moment of the decision; null when no full date of birth tells it. */
  readonly age: number | null;
  /** The language (ISO 639, lower case) that the person prefers; null when not told. */
  readonly language: string | null;
};

/** `today` is the day where the network is (yyyy-mm-dd): somebody comes of age at midnight there. */
export const personFactsOf = (person: Patient | undefined, today: string): PersonFacts => ({
  age: ageOn(person?.birthDate, today),
  language: languageOf(person),
});

/** A year or a month of birth leaves two ages open, so it tells none. */
function ageOn(birthDate: string | undefined, today: string): number | null {
  if (!birthDate || birthDate.length < 10 || birthDate > today) return null;
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) >= birthDate.slice(5) ? years : years - 1;
}

function languageOf(person: Patient | undefined): string | null {
  const spoken = person?.communication ?? [];
  const { language } = spoken.find(({ preferred }) => preferred) ?? spoken[0] ?? {};
  return primaryLanguage(language?.coding?.find(({ code }) => code)?.code) ?? null;
}

/** `nl` of `nl-NL` (BCP 47): who speaks a language is understood in each form of it. */
export const primaryLanguage = (code: string | undefined): string | undefined =>
  /^([a-z]{2,3})(?:-|$)/i.exec(code ?? '')?.[1]?.toLowerCase();
