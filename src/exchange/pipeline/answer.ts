import type { OperationOutcome } from '@medplum/fhirtypes';
import { type Issue, issue, type Severity } from '../../fhir/issue.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import { duplicateOutcome } from '../memory/first-answer.ts';
import type { Step } from './step.ts';

/** Answer to the sender. Only http/ turns it into a status. */
export type Answer =
  | {
      readonly kind: 'accepted';
      readonly body: Resource;
      /** `Type/id` of the resource to follow, with its version. */
      readonly location: string;
      readonly version: number;
      readonly steps: readonly Step[];
    }
  | {
      readonly kind: 'refused';
      readonly issues: readonly Issue[];
      readonly body: OperationOutcome;
      readonly steps: readonly Step[];
    };

export const refused = (issues: readonly Issue[], steps: readonly Step[] = []): Answer => ({
  kind: 'refused',
  issues,
  body: operationOutcome(reportableIssues(issues)),
  steps,
});

/** A longer list does not help, and an answer could become a thousand times as large as its message. */
const maximumFindings = 500;

/** Errors first, then warnings, then information; at most `maximumFindings`, with the number of the others. */
export function reportableIssues(issues: readonly Issue[]): readonly Issue[] {
  const ordered = severityOrder.flatMap((severities) => issues.filter(({ severity }) => severities.includes(severity)));
  if (ordered.length <= maximumFindings) return ordered;
  const count = ordered.length - maximumFindings;
  return [...ordered.slice(0, maximumFindings), issue('findings-truncated', { count })];
}

const severityOrder: readonly (readonly Severity[])[] = [['fatal', 'error'], ['warning'], ['information']];

/** Answer to a request that is sent again: nothing is done, and the outcome contains the first answer. */
export const duplicateAnswer = async (...earlier: Parameters<typeof duplicateOutcome>): Promise<Answer> => ({
  kind: 'refused',
  issues: [issue('duplicate', {})],
  body: await duplicateOutcome(...earlier),
  steps: [],
});
