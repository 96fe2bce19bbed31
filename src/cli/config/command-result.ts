import type { Issue } from '../../fhir/issue.ts';
/** The output and exit code of a command: 0 success (or no difference), 1 a difference, 2 failure. */
export type CommandResult = {
  readonly lines: readonly string[];
  readonly issues?: readonly Issue[];
  readonly code: 0 | 1 | 2;
};
