import type { Issue } from '../../fhir/issue.ts';

/** What could be made of a part of the network, and what is wrong with it: all of it is told before anything is refused. */
export type WithIssues<T> = { readonly value: T; readonly issues: readonly Issue[] };
