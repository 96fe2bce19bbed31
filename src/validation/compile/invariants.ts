/**
 * Invariants (https://hl7.org/fhir/R4/conformance-rules.html#constraints): FHIRPath compiled once, or native code where
 * one runs for every element.
 */
import type { ElementDefinitionConstraint } from '@medplum/fhirtypes';
import { dutchOf } from '../../definitions/invariants-in-dutch.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { compileTest, FhirPathSyntaxError, PatternError } from '../../fhirpath/index.ts';
import type { OpenRule, Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { nativeInvariants } from '../rules/native-invariants.ts';
import { environmentOf } from '../run/environment.ts';
import { decideOpenRule } from '../run/open-rule.ts';
import { type IssuePlace, report, reportAgain } from '../run/report.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { earlyPassOf } from './invariant-shortcuts.ts';

export type Invariant = (value: unknown, run: Run) => void;
type Test = (focus: unknown, environment: ReturnType<typeof environmentOf>) => boolean | undefined;

const bestPractice = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';

/**
 * Checked elsewhere: ele-1 at every element, ext-1 and dom-3 natively with a better finding, the narrative as a whole.
 * A profile may use these keys for rules of its own.
 */
const checkedElsewhere = new Set(['ele-1', 'txt-1', 'txt-2', 'dom-3']);

type InvariantPlace = { readonly type: string; readonly profile: string | undefined; readonly element?: string };

export const invariantsOf = (constraints: readonly ElementDefinitionConstraint[], place: InvariantPlace): Invariant[] =>
  constraints.flatMap((it) => invariantOf(it, place) ?? []);

function invariantOf(constraint: ElementDefinitionConstraint, place: InvariantPlace): Invariant | undefined {
  const { key = '', expression } = constraint;
  if (!expression || (place.profile === undefined && checkedElsewhere.has(key))) return undefined;
  const issuePlace: IssuePlace = {
    severity: severityOf(constraint),
    constraint: key,
    ...(place.profile ? { profile: place.profile } : {}),
    ...(place.element ? { element: place.element } : {}),
  };
  const human = constraint.human ?? '';
  const { dutch } = issue('invariant', { key, human: dutchOf(constraint) ?? human });
  const violation = { ...issue('invariant', { key, human }, { expression: '', ...issuePlace }), dutch };
  const native = nativeInvariants[key];
  if (native && native.expression === expression)
    return (value, run) => {
      if (!native.holds(value as JsonObject, run)) reportAgain(run, violation);
    };
  let test: Test | undefined;
  const compiled = (): Test => compiledTest(expression, key, place);
  // Compiled now for a profile, so that its errors surface at start. The invariants of R4 itself all compile.
  if (place.profile) test = compiled();
  const passesEarly = earlyPassOf(expression, place.type);
  return (value, run) => {
    if (passesEarly !== undefined && isObject(value) && passesEarly(value)) return;
    test ??= compiled();
    evaluate(value, run, { key, test, violation, place: issuePlace });
  };
}

type Evaluation = {
  readonly key: string;
  readonly test: Test;
  readonly violation: Issue;
  readonly place: IssuePlace;
};

/** An empty result (a date compared with a dateTime) is not true, so the constraint is violated. */
function evaluate(value: unknown, run: Run, { key, test, violation, place }: Evaluation): void {
  const outer = run.openRule;
  run.openRule = undefined;
  let holds: boolean | undefined;
  let failure: unknown;
  try {
    holds = test(value, environmentOf(run));
  } catch (error) {
    failure = error;
  }
  const open: OpenRule | undefined = run.openRule;
  if (open !== undefined) {
    const again = (): boolean => {
      try {
        return test(value, environmentOf(run)) === true;
      } catch {
        return false;
      }
    };
    decideOpenRule(run, open, { key, violation, evaluate: again });
  } else if (failure !== undefined)
    report(run, 'invariant-not-evaluated', { key, problem: (failure as Error).message }, place);
  else if (holds !== true) reportAgain(run, violation);
  run.openRule = outer;
}

function severityOf(constraint: ElementDefinitionConstraint): 'error' | 'warning' | 'information' {
  if (constraint.severity !== 'warning') return 'error';
  return constraint.extension?.some(({ url, valueBoolean }) => url === bestPractice && valueBoolean)
    ? 'information'
    : 'warning';
}

/** By type and expression, shared by all profiles. */
const tests = new Map<string, Test>();

function compiledTest(expression: string, key: string, { type, profile, element }: InvariantPlace): Test {
  const name = `${profile === undefined} ${type} ${expression}`;
  const cached = tests.get(name);
  if (cached) return cached;
  try {
    const test = compileTest(expression, { type, lenient: profile !== undefined });
    tests.set(name, test);
    return test;
  } catch (error) {
    if (!(error instanceof FhirPathSyntaxError || error instanceof PatternError)) throw error;
    throw new ProfileError(profile ?? type, element ?? type, `invariant ${key}: ${error.message}`);
  }
}
