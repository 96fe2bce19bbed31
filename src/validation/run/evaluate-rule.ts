/** Evaluates a rule in FHIRPath: met, violated, failed, or open for lack of content. */
import type { Issue } from '../../fhir/issue.ts';
import { type Environment, FhirPathEvaluationError } from '../../fhirpath/index.ts';
import type { OpenRule, Run } from '../plan/plan.ts';
import { environmentOf } from './environment.ts';
import { decideOpenRule } from './open-rule.ts';
import { type IssuePlace, report, reportAgain } from './report.ts';

export type RuleTest = (focus: unknown, environment: Environment) => boolean | undefined;

type Rule = {
  readonly key: string;
  readonly test: RuleTest;
  readonly violation: Issue;
  readonly place: IssuePlace;
  readonly variables?: Environment['variables'];
};

/** An empty result (a date compared with a dateTime) is not true, so the constraint is violated. */
export function evaluateRule(value: unknown, run: Run, { key, test, violation, place, variables }: Rule): void {
  const environment = variables ? withVariables(environmentOf(run), variables) : environmentOf(run);
  const outer = run.openRule;
  run.openRule = undefined;
  let holds: boolean | undefined;
  let failure: unknown;
  try {
    holds = test(value, environment);
  } catch (error) {
    failure = error;
  }
  const open: OpenRule | undefined = run.openRule;
  if (open !== undefined) {
    const again = (): boolean => {
      try {
        return test(value, environment) === true;
      } catch {
        return false;
      }
    };
    decideOpenRule(run, open, { key, violation, evaluate: again });
  } else if (failure !== undefined) report(run, 'invariant-not-evaluated', { key, problem: problemOf(failure) }, place);
  else if (holds !== true) reportAgain(run, violation);
  run.openRule = outer;
}

/** Not a copy: reading the time of an environment without a clock leaves the rule open. */
const withVariables = (environment: Environment, variables: Environment['variables']): Environment =>
  Object.create(environment, { variables: { value: variables } }) as Environment;

/** Messages of FHIRPath contain no values; those of other errors may. */
const problemOf = (failure: unknown): string =>
  failure instanceof FhirPathEvaluationError ? failure.message : (failure as Error).name;
