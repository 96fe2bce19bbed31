/** Invariants: FHIRPath compiled once, and those that run for every element by hand. */
import type { ElementDefinitionConstraint } from '@medplum/fhirtypes';
import { dutchOf } from '../definitions/invariants-in-dutch.ts';
import { issue } from '../fhir/issue.ts';
import { compileTest, FhirPathSyntaxError } from '../fhirpath/index.ts';
import { environmentOf } from './environment.ts';
import { isObject, type Obj } from './equal.ts';
import { byHand } from './invariants-by-hand.ts';
import { ProfileError } from './knowledge.ts';
import { type PlaceOfRule, type Run, report, reportAgain } from './run.ts';
import { shortcutOf } from './shortcuts.ts';

export type Invariant = (value: unknown, run: Run) => void;
type Test = (focus: unknown, environment: ReturnType<typeof environmentOf>) => boolean | undefined;

const bestPractice = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';

/**
 * What the walk or a module checks itself: ele-1 at every element, ext-1 and dom-3 by hand with a better message,
 * the narrative as a whole. The keys belong to HL7, so no other rule has them.
 */
const checkedElsewhere = new Set(['ele-1', 'txt-1', 'txt-2', 'dom-3']);

export type InvariantPlace = { readonly type: string; readonly profile: string | undefined; readonly element?: string };

export const invariantsOf = (constraints: readonly ElementDefinitionConstraint[], place: InvariantPlace): Invariant[] =>
  constraints.flatMap((it) => invariantOf(it, place) ?? []);

function invariantOf(constraint: ElementDefinitionConstraint, place: InvariantPlace): Invariant | undefined {
  const { key = '', expression } = constraint;
  if (!expression || checkedElsewhere.has(key)) return undefined;
  const told: PlaceOfRule = {
    severity: severityOf(constraint),
    constraint: key,
    ...(place.profile ? { profile: place.profile } : {}),
    ...(place.element ? { element: place.element } : {}),
  };
  const human = constraint.human ?? '';
  const { dutch } = issue('invariant', { key, human: dutchOf(constraint) ?? human });
  const finding = { ...issue('invariant', { key, human }, { expression: '', ...told }), dutch };
  const hand = byHand[key];
  if (hand && hand.expression === expression)
    return (value, run) => {
      if (!hand.holds(value as Obj, run)) reportAgain(run, finding);
    };
  let test: Test | undefined;
  const compiled = (): Test => compileOne(expression, key, place);
  // A profile that cannot be compiled is told at start; the types of R4 are known to compile.
  if (place.profile) test = compiled();
  const shortcut = shortcutOf(expression, place.type);
  return (value, run) => {
    if (shortcut !== undefined && isObject(value) && shortcut(value)) return;
    test ??= compiled();
    let holds: boolean | undefined;
    try {
      holds = test(value, environmentOf(run));
    } catch (error) {
      report(run, 'invariant-not-evaluated', { key, problem: (error as Error).name }, { ...told, severity: 'warning' });
      return;
    }
    // A constraint is met when it is true; no answer (a date compared with a moment) is not true.
    if (holds !== true) reportAgain(run, finding);
  };
}

function severityOf(constraint: ElementDefinitionConstraint): 'error' | 'warning' | 'information' {
  if (constraint.severity !== 'warning') return 'error';
  return constraint.extension?.some(({ url, valueBoolean }) => url === bestPractice && valueBoolean)
    ? 'information'
    : 'warning';
}

/** The same expression on the same type is compiled once, whatever profile asks it. */
const tests = new Map<string, Test>();

function compileOne(expression: string, key: string, { type, profile, element }: InvariantPlace): Test {
  const name = `${type} ${expression}`;
  const known = tests.get(name);
  if (known) return known;
  try {
    const made = compileTest(expression, { type });
    tests.set(name, made);
    return made;
  } catch (error) {
    if (!(error instanceof FhirPathSyntaxError)) throw error;
    throw new ProfileError(profile ?? type, element ?? type, `invariant ${key}: ${error.message}`);
  }
}
