/**
 * Invariants (https://hl7.org/fhir/R4/conformance-rules.html#constraints): FHIRPath compiled once, or native code where
 * one runs for every element.
 */
import type { ElementDefinitionConstraint } from '@medplum/fhirtypes';
import { dutchOf } from '../../definitions/invariants-in-dutch.ts';
import { issue } from '../../fhir/issue.ts';
import { compileTest, FhirPathSyntaxError, PatternError } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { nativeInvariants } from '../rules/native-invariants.ts';
import { type EvaluatedRule, evaluateRule, type RuleTest } from '../run/evaluate-rule.ts';
import { type IssuePlace, reportAgain } from '../run/report.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { earlyPassOf, shortcutsOf } from './invariant-shortcuts.ts';

export type Invariant = {
  readonly check: (value: unknown, run: Run) => void;
  /** Elements without any one of which it holds. */
  readonly needs: readonly string[];
};

const bestPractice = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';

/**
 * Checked elsewhere: ele-1 at every element, ext-1 and dom-3 natively with a better finding, the narrative as a whole.
 * A profile may use these keys for rules of its own.
 */
const checkedElsewhere = new Set(['ele-1', 'txt-1', 'txt-2', 'dom-3']);

type InvariantPlace = { readonly type: string; readonly profile: string | undefined; readonly element?: string };

export const invariantsOf = (constraints: readonly ElementDefinitionConstraint[], place: InvariantPlace): Invariant[] =>
  constraints.flatMap((it) => invariantOf(it, place) ?? []);

/**
 * Rules of R4 whose expression differs from their text, with the expression that the text means, as later releases write
 * it. que-12 says: more than one enableWhen; que-7: a boolean, which in FHIRPath is FHIR.boolean and not System.Boolean.
 */
const errata: ReadonlyMap<string, string> = new Map([
  ['enableWhen.count() > 2 implies enableBehavior.exists()', 'enableWhen.count() > 1 implies enableBehavior.exists()'],
  ["operator = 'exists' implies (answer is Boolean)", "operator = 'exists' implies (answer is boolean)"],
]);

function invariantOf(constraint: ElementDefinitionConstraint, place: InvariantPlace): Invariant | undefined {
  const { key = '' } = constraint;
  const expression = errata.get(constraint.expression ?? '') ?? constraint.expression;
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
    return {
      check: (value, run) => {
        if (!native.holds(value as JsonObject, run)) reportAgain(run, violation);
      },
      needs: native.needs ?? [],
    };
  let rule: EvaluatedRule | undefined;
  const compiled = (): EvaluatedRule => ({
    key,
    test: compiledTest(expression, key, place),
    violation,
    place: issuePlace,
  });
  // Compiled now for a profile, so that its errors surface at start. The invariants of R4 itself all compile.
  if (place.profile) rule = compiled();
  const passesEarly = earlyPassOf(expression, place.type);
  return {
    check: (value, run) => {
      if (passesEarly !== undefined && isObject(value) && passesEarly(value)) return;
      rule ??= compiled();
      evaluateRule(value, run, rule);
    },
    needs: shortcutsOf(expression, place.type).needs,
  };
}

function severityOf(constraint: ElementDefinitionConstraint): 'error' | 'warning' | 'information' {
  if (constraint.severity !== 'warning') return 'error';
  return constraint.extension?.some(({ url, valueBoolean }) => url === bestPractice && valueBoolean)
    ? 'information'
    : 'warning';
}

/** By type and expression, shared by all profiles. */
const tests = new Map<string, RuleTest>();

function compiledTest(expression: string, key: string, { type, profile, element }: InvariantPlace): RuleTest {
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
