import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { mgnExtension } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Issue, issue, type Severity } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Message } from '../../store/port.ts';
import type { Step } from './step.ts';

/** What the sender is told. http/ turns it into a status; nothing else does. */
export type Answer =
  | {
      readonly kind: 'accepted';
      readonly body: Resource;
      /** `Type/id` of what to look at next, with its version. */
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

/** More help nobody, and could make an answer of a thousand times the message. */
const maximumFindings = 500;

/** Findings as they are told: what has to be mended first, and no more than a person can look at. */
export function reportableIssues(issues: readonly Issue[]): readonly Issue[] {
  const told = severityOrder.flatMap((severities) => issues.filter(({ severity }) => severities.includes(severity)));
  if (told.length <= maximumFindings) return told;
  const count = told.length - maximumFindings;
  return [...told.slice(0, maximumFindings), issue('findings-truncated', { count })];
}

const severityOrder: readonly (readonly Severity[])[] = [['fatal', 'error'], ['warning'], ['information']];

/** What a transaction answers (https://hl7.org/fhir/R4/http.html#transaction-response); the first entry tells the warnings. */
export function transactionResponse(resources: readonly Identified[], warnings: readonly Issue[], at: Date): Bundle {
  const outcome = warnings.length ? { outcome: operationOutcome(reportableIssues(warnings)) } : {};
  return {
    resourceType: 'Bundle',
    type: 'transaction-response',
    entry: resources.map(({ resourceType, id }, index) => ({
      response: {
        status: '201 Created',
        location: `${resourceType}/${id}/_history/1`,
        etag: 'W/"1"',
        lastModified: at.toISOString(),
        ...(index === 0 ? outcome : {}),
      },
    })),
  };
}

/** The same request again: nothing is done, the first answer is offered once more, contained in the outcome. */
export function duplicateAnswer(earlier: Message): Answer {
  const issues = [issue('duplicate', {})];
  const first = { ...parseJson(earlier.answer.body), id: 'first-answer' };
  const body: OperationOutcome = {
    ...operationOutcome(issues),
    contained: [first as NonNullable<OperationOutcome['contained']>[number]],
    extension: [{ url: mgnExtension('first-answer'), valueReference: { reference: '#first-answer' } }],
  };
  return { kind: 'refused', issues, body, steps: [] };
}
