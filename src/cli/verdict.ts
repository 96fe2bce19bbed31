import type { Issue } from '../fhir/issue.ts';

/** What is found in one file. */
export type Verdict = {
  readonly file: string;
  readonly verdict: 'valid' | 'invalid' | 'undecided';
  readonly issues: readonly Issue[];
};
