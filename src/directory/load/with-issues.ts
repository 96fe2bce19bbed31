import type { Issue } from '../../fhir/issue.ts';

/** A part of the network with its issues: all parts are checked before the network is refused. */
export type WithIssues<T> = { readonly value: T; readonly issues: readonly Issue[] };
