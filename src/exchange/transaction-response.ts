import type { Bundle } from '@medplum/fhirtypes';
import type { Identified } from '../fhir/graph.ts';
import type { Issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { reportableIssues } from './pipeline/answer.ts';
/** https://hl7.org/fhir/R4/http.html#transaction-response: the first entry carries the warnings. */
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
