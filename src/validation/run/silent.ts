import { type Issue, isError } from '../../fhir/issue.ts';
import type { Run } from '../plan/plan.ts';

/** Whether a check passes, without reporting anything. */
export function passes(run: Run, check: () => void): boolean {
  const failedBefore = run.failed;
  run.silent++;
  run.failed = false;
  check();
  const passed = !run.failed;
  run.silent--;
  run.failed = failedBefore;
  return passed;
}

/** The errors that a check would report, for a finding that explains why no alternative matched. */
export function errorsOf(run: Run, check: () => void): readonly Issue[] {
  const [silent, count, questions] = [run.silent, run.issues.length, run.questions.length];
  const { reported } = run;
  run.reported = undefined; // these findings are taken out again
  run.silent = 0;
  check();
  run.silent = silent;
  run.reported = reported;
  run.questions.length = questions;
  return run.issues.splice(count).filter(isError);
}
