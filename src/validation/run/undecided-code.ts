import type { Membership } from '../../definitions/value-sets.ts';
import type { Run, ValidationContext } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';
import type { Coding } from './codings.ts';
import { expressionOf } from './position.ts';
import { type PlaceOfRule, report } from './report.ts';

export type Binding = {
  readonly strength: 'required' | 'extensible';
  readonly valueSet: string;
  readonly place: PlaceOfRule;
  readonly element: string;
};

/** Asks what is not known here, or tells who waived it. */
export function undecidedCode(
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
  if (set) report(run, 'binding-undecided', { element, valueSet, systems: systems.join(', ') }, place);
  else report(run, 'value-set-unknown', { element, valueSet }, place);
  const profile = place.profile;
  const whole = wholeSystems(run.context, valueSet);
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

/** Who waived the value set, or the code system of one of the codes: that another system is waived says nothing of these. */
function waiverOf(
  { policy }: ValidationContext,
  valueSet: string,
  absent: readonly string[],
  codings: readonly Coding[],
): string | undefined {
  const own = codings.flatMap(({ system }) => system || []);
  const named = absent.some((it) => own.includes(it)) || absent.length === 0 ? own : absent;
  return [valueSet, valueSet.split('|')[0]!, ...named].map((it) => policy.waive.get(it)).find(Boolean);
}

function wholeSystems({ definitions }: ValidationContext, valueSet: string): string[] {
  const compose: unknown = definitions.find('ValueSet', valueSet)?.compose;
  if (!isObject(compose) || compose.exclude || !Array.isArray(compose.include)) return [];
  return compose.include
    .filter(isObject)
    .flatMap(({ system, version, concept, filter, valueSet: imported }) =>
      typeof system === 'string' && !version && !concept && !filter && !imported ? system : [],
    );
}
