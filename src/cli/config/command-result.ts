import type { Issue } from '../../fhir/issue.ts';
/** What a command says, and how it ends: 0 well (or no difference), 1 a difference, 2 it could not be done. */
export type CommandResult = {
  readonly lines: readonly string[];
  readonly issues?: readonly Issue[];
  readonly code: 0 | 1 | 2;
};
