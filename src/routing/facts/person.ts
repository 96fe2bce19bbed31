import type { Patient } from '@medplum/fhirtypes';

/** Facts about the person, other than the home, that decide which services accept them. */
export type PersonFacts = {
  /** In whole years at the moment of the decision; null without a full date of birth. */
  readonly age: number | null;
  /** The preferred language (ISO 639, lower case); null when not stated. */
  readonly language: string | null;
};

/** `today` is the date in the network's time zone (yyyy-mm-dd): ages change at midnight there. */
export const personFactsOf = (person: Patient | undefined, today: string): PersonFacts => ({
  age: ageOn(person?.birthDate, today),
  language: languageOf(person),
});

/** A year or month of birth alone leaves two ages possible: null. */
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

/** `nl` of `nl-NL` (BCP 47): the region does not matter for understanding each other. */
export const primaryLanguage = (code: string | undefined): string | undefined =>
  /^([a-z]{2,3})(?:-|$)/i.exec(code ?? '')?.[1]?.toLowerCase();
