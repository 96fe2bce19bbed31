import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { MapProblem } from '../mapping/index.ts';

/** What is wrong with a map or its run; of a problem of the map itself the file, line, group and rule are told. */
export function mapOutcome(issues: readonly (Issue | MapProblem)[]): OperationOutcome {
  const outcome = operationOutcome(issues);
  return {
    ...outcome,
    issue: outcome.issue.map((it, at) => {
      const where = placeOf(issues[at]!);
      return where ? { ...it, diagnostics: where } : it;
    }),
  };
}

function placeOf(it: Issue | MapProblem): string | undefined {
  if (!('path' in it)) return undefined;
  const within = [it.group && `group ${it.group}`, it.mapRule && `rule ${it.mapRule}`].filter(Boolean);
  return [`${it.path}:${it.line ?? 1}:${it.column ?? 1}`, ...within].join(', ');
}
