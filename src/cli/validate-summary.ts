import type { Issue } from '../fhir/issue.ts';
import type { Verdict } from '../validation/index.ts';
import type { Language } from './options.ts';

export type Counts = Record<Verdict, number>;

export const countsOf = (): Counts => ({ valid: 0, invalid: 0, undecided: 0 });

export const total = ({ valid, invalid, undecided }: Counts): number => valid + invalid + undecided;

const words = {
  en: { files: 'files', valid: 'valid', invalid: 'invalid', undecided: 'undecided' },
  nl: { files: 'bestanden', valid: 'geldig', invalid: 'ongeldig', undecided: 'onbeslist' },
} as const;

/** `12 files: 10 valid, 1 invalid, 1 undecided`. */
export function summary(counts: Counts, language: Language): string {
  const { files, valid, invalid, undecided } = words[language];
  return `${total(counts)} ${files}: ${counts.valid} ${valid}, ${counts.invalid} ${invalid}, ${counts.undecided} ${undecided}`;
}

/** A rule of R4 that recommends: it is reported as an information, and holds for few messages. */
export const isBestPractice = ({ rule, severity }: Issue): boolean =>
  rule === 'invariant' && severity === 'information';
