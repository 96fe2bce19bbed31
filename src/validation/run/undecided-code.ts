import type { Membership } from '../../definitions/value-sets.ts';
import type { Run, ValidationContext } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';
import type { Coding } from './codings.ts';
import { expressionOf } from './position.ts';
import { type IssuePlace, report } from './report.ts';

/** A binding whose violation is reported (https://hl7.org/fhir/R4/terminologies.html#strength). */
export type Binding = {
  readonly strength: 'required' | 'extensible';
  readonly valueSet: string;
  readonly place: IssuePlace;
  readonly element: string;
};

/** Opens a question about a code that the loaded content cannot decide, or reports the waiver that covers it. */
export function reportUndecidedCode(
  run: Run,
  { strength, valueSet, place, element }: Binding,
  codings: readonly Coding[],
  set: Membership | undefined,
): void {
  if (run.silent > 0) return;
  const systems = set?.absent ?? [];
  const possible = codings.filter(({ system, code }) => set?.has(system, code) !== false);
  const waiver = waiverOf(run.context, valueSet, systems, possible);
  if (waiver) {
    report(run, 'binding-waived', { element, valueSet, waiver }, place);
    return;
  }
  if (set) report(run, 'code-system-not-loaded', { element, valueSet, systems: systems.join(', ') }, place);
  else report(run, 'value-set-not-loaded', { element, valueSet }, place);
  const profile = place.profile;
  const whole = completeSystems(run.context, valueSet);
  run.questions.push({
    kind: 'code',
    at: expressionOf(run),
    element,
    ...(profile ? { profile } : {}),
    strength,
    codings: possible,
    valueSet,
    systems,
    ...(whole.length > 0 ? { whole } : {}),
  });
}

/** The waiver of the value set, or of the code system of one of the codes; waivers of other systems do not apply. */
export function waiverOf(
  { policy }: ValidationContext,
  valueSet: string,
  absent: readonly string[],
  codings: readonly Coding[],
): string | undefined {
  const own = codings.flatMap(({ system }) => system || []);
  const named = absent.some((it) => own.includes(it)) || absent.length === 0 ? own : absent;
  return [valueSet, valueSet.split('|')[0]!, ...named].map((it) => policy.waive.get(it)).find(Boolean);
}

export function completeSystems({ definitions }: ValidationContext, valueSet: string): string[] {
  const compose: unknown = definitions.find('ValueSet', valueSet)?.compose;
  if (!isObject(compose) || compose.exclude || !Array.isArray(compose.include)) return [];
  return compose.include
    .filter(isObject)
    .flatMap(({ system, version, concept, filter, valueSet: imported }) =>
      typeof system === 'string' && !version && !concept && !filter && !imported ? system : [],
    );
}
