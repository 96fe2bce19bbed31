import { catalogue } from '../../fhir/catalogue/index.ts';
import {
  type Details,
  type Issue,
  isError,
  issue,
  type Place,
  type RuleCode,
  type Severity,
} from '../../fhir/issue.ts';
import type { Run } from '../plan/plan.ts';
import { expressionOf } from './position.ts';

/** The rule that a finding comes from; its position in the resource is that of the run. */
export type IssuePlace = Omit<Place, 'expression' | 'line' | 'column'> & { readonly severity?: Severity };

/** Reports a finding at the current element. */
export function report<R extends RuleCode>(run: Run, rule: R, details: Details<R>, place: IssuePlace = {}): void {
  if (run.silent > 0) {
    const severity = place.severity ?? catalogue[rule].severity;
    if (severity === 'error' || severity === 'fatal') run.failed = true;
    return;
  }
  run.issues.push(issue(rule, details, { expression: expressionOf(run), ...place }));
}

/** Reports an issue built beforehand: its texts do not depend on the place, so they are built once. */
export function reportAgain(run: Run, found: Issue): void {
  if (run.silent === 0) run.issues.push({ ...found, expression: expressionOf(run) });
  else if (isError(found)) run.failed = true;
}
