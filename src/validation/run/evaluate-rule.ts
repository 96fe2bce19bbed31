/** Evaluates a rule in FHIRPath: met, violated, failed, or open for lack of content. */
import type { Issue } from '../../fhir/issue.ts';
import { type Environment, FhirPathEvaluationError, FhirPathTimeError } from '../../fhirpath/index.ts';
import type { OpenRule, Run } from '../plan/plan.ts';
import { currentFocus } from './current-value.ts';
import { environmentOf } from './environment.ts';
import { decideOpenRule, leaveOpen } from './open-rule.ts';
import { type IssuePlace, report, reportAgain } from './report.ts';

export type RuleTest = (focus: unknown, environment: Environment) => boolean | undefined;

export type EvaluatedRule = {
  readonly key: string;
  readonly test: RuleTest;
  readonly violation: Issue;
  readonly place: IssuePlace;
};

/**
 * An empty result (a date compared with a dateTime) is not true, so the constraint is violated. Runs for every rule of every
 * element: the rule is made once, and only an open one needs closures.
 */
export function evaluateRule(
  element: unknown,
  run: Run,
  rule: EvaluatedRule,
  variables?: Environment['variables'],
): void {
  const environment = variables ? { ...environmentOf(run), variables } : environmentOf(run);
  const value = currentFocus(element, run);
  const outer = run.openRule;
  run.openRule = undefined;
  let holds: boolean | undefined;
  let failure: unknown;
  try {
    holds = rule.test(value, environment);
  } catch (error) {
    if (error instanceof FhirPathTimeError) leaveOpen(run, withoutClock);
    failure = error;
  }
  const open: OpenRule | undefined = run.openRule;
  if (open !== undefined) decideLater(value, run, rule, open, environment);
  else if (failure !== undefined) reportFailure(run, rule, failure);
  else if (holds !== true) reportAgain(run, rule.violation);
  run.openRule = outer;
}

const withoutClock = 'it depends on the current time, and the validator has no clock';

function decideLater(
  value: unknown,
  run: Run,
  { key, test, violation }: EvaluatedRule,
  open: OpenRule,
  environment: Environment,
): void {
  const evaluate = (): boolean => {
    try {
      return test(value, environment) === true;
    } catch {
      return false;
    }
  };
  decideOpenRule(run, open, { key, violation, evaluate });
}

const reportFailure = (run: Run, { key, place }: EvaluatedRule, failure: unknown): void =>
  report(run, 'invariant-not-evaluated', { key, problem: problemOf(failure) }, place);

/** Messages of FHIRPath contain no values; those of other errors may. */
const problemOf = (failure: unknown): string =>
  failure instanceof FhirPathEvaluationError ? failure.message : (failure as Error).name;
