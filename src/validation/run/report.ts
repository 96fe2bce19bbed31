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

export type PlaceOfRule = Omit<Place, 'expression' | 'line' | 'column'> & { readonly severity?: Severity };

export function report<R extends RuleCode>(run: Run, rule: R, details: Details<R>, place: PlaceOfRule = {}): void {
  if (run.silent > 0) {
    const severity = place.severity ?? catalogue[rule].severity;
    if (severity === 'error' || severity === 'fatal') run.failed = true;
    return;
  }
  run.issues.push(issue(rule, details, { expression: expressionOf(run), ...place }));
}

/** Reports what was found elsewhere before: its texts are the same wherever it is found, so they are made once. */
export function reportAgain(run: Run, finding: Issue): void {
  if (run.silent === 0) run.issues.push({ ...finding, expression: expressionOf(run) });
  else if (isError(finding)) run.failed = true;
}
