import type { Definitions } from '../../definitions/registry.ts';
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
    systems: systemsToAsk(run.context, valueSet, systems),
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

/**
 * The code systems of a question. A value without a system is asked in the only one, so what is absent may not be the value
 * set itself, or one that it includes: that set's only system stands for it, if it names exactly one.
 */
export function systemsToAsk(
  { definitions }: ValidationContext,
  valueSet: string,
  absent: readonly string[],
): readonly string[] {
  const [only, ...others] = absent;
  if (only === undefined || others.length > 0 || !definitions.find('ValueSet', valueSet)) return absent;
  const named = namedSystems(definitions, valueSet);
  return named?.has(only) ? absent : named?.size === 1 ? [...named] : [];
}

/** Every code system that a value set names, also through the sets that it includes; undefined when one is not loaded. */
function namedSystems(definitions: Definitions, valueSet: string): ReadonlySet<string> | undefined {
  const named = new Set<string>();
  const pending = [valueSet];
  const seen = new Set(pending);
  for (let it = pending.pop(); it !== undefined; it = pending.pop()) {
    const compose: unknown = definitions.find('ValueSet', it)?.compose;
    if (!isObject(compose) || !Array.isArray(compose.include)) return undefined;
    for (const { system, valueSet: imported } of compose.include.filter(isObject)) {
      if (typeof system === 'string') named.add(system);
      else
        for (const each of Array.isArray(imported) ? imported : [])
          if (typeof each === 'string' && !seen.has(each)) {
            seen.add(each);
            pending.push(each);
          }
    }
  }
  return named;
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
