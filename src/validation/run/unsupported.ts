import type { Run } from '../plan/plan.ts';
import type { ProfileError } from '../plan/profile-error.ts';
import { oncePerRun } from './once-per-run.ts';
import { type IssuePlace, report } from './report.ts';

/**
 * Reports, once per run, a constraint of a profile that could not be compiled. A warning leaves the verdict undecided; an
 * information belongs to a rule that itself only warns.
 */
export function reportUnsupported(
  run: Run,
  error: ProfileError,
  severity: 'warning' | 'information' = 'warning',
  place: IssuePlace = {},
): void {
  if (run.silent > 0) return;
  oncePerRun(run, error, 'reported', () => {
    const { element, problem, profile } = error;
    report(run, 'constraint-unsupported', { element, problem }, { element, profile, ...place, severity });
    return true;
  });
}
