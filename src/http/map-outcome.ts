import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { MapProblem } from '../mapping/index.ts';

/** Findings of a map or its run; a mistake in the map itself has file, line, group and rule as diagnostics. */
export function mapOutcome(issues: readonly (Issue | MapProblem)[]): OperationOutcome {
  const outcome = operationOutcome(issues);
  return {
    ...outcome,
    issue: outcome.issue.map((it, at) => {
      const place = placeOf(issues[at]!);
      return place ? { ...it, diagnostics: place } : it;
    }),
  };
}

function placeOf(it: Issue | MapProblem): string | undefined {
  if (!('path' in it)) return undefined;
  const within = [it.group && `group ${it.group}`, it.mapRule && `rule ${it.mapRule}`].filter(Boolean);
  return [`${it.path}:${it.line ?? 1}:${it.column ?? 1}`, ...within].join(', ');
}
