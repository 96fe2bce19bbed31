/** Codes against value sets: code, Coding, CodeableConcept and Quantity (https://hl7.org/fhir/R4/terminologies.html). */
import type { Membership } from '../definitions/value-sets.ts';
import { isObject, type Obj } from './equal.ts';
import type { Knowledge } from './knowledge.ts';
import { expressionOf, type PlaceOfRule, type Question, type Run, report } from './run.ts';

type Coding = Question['codings'][number];

/** The codings of a value of any type that can be bound; `system` is absent for code and string. */
export function codingsOf(value: unknown): Coding[] {
  if (typeof value === 'string') return [{ code: value }];
  if (Array.isArray(value)) return value.flatMap(codingsOf);
  if (!isObject(value)) return [];
  if (Array.isArray(value.coding)) return value.coding.filter(isObject).flatMap(codingOf);
  return codingOf(value);
}

function codingOf(value: Obj): Coding[] {
  const { system, version, code, display } = value;
  if (typeof code !== 'string') return [];
  return [
    {
      code,
      // An empty system is still a system: a code without one is in no value set that has systems.
      system: typeof system === 'string' ? system : '',
      ...(typeof version === 'string' ? { version } : {}),
      ...(typeof display === 'string' ? { display } : {}),
    },
  ];
}

/** True when any coding is in the set, false when all are known to be out, undefined when that is not known. */
export function anyIn(set: Membership, codings: readonly Coding[]): boolean | undefined {
  let answer: boolean | undefined = false;
  for (const { system, code } of codings) {
    const it = set.has(system, code);
    if (it) return true;
    if (it === undefined) answer = undefined;
  }
  return answer;
}

export function memberOf(run: Run, value: unknown, valueSet: string): boolean | undefined {
  const set = run.knowledge.terminology.valueSet(valueSet);
  return set && anyIn(set, codingsOf(value));
}

/** The usual case, without making anything: a code of the set. */
function isSurelyIn(set: Membership, value: unknown): boolean {
  if (typeof value === 'string') return set.codes?.has(value) === true;
  if (!isObject(value) || !Array.isArray(value.coding)) return false;
  for (const it of value.coding)
    if (isObject(it) && typeof it.system === 'string' && typeof it.code === 'string' && set.has(it.system, it.code))
      return true;
  return false;
}

export type Binding = {
  readonly strength: 'required' | 'extensible';
  readonly valueSet: string;
  readonly place: PlaceOfRule;
  readonly element: string;
};

/** Reports a value that is not in the set, or asks the question that cannot be answered here. */
export function checkBinding(value: unknown, run: Run, binding: Binding): void {
  const { strength, valueSet, place, element } = binding;
  const set = run.knowledge.terminology.valueSet(valueSet);
  if (set && isSurelyIn(set, value)) return;
  const codings = codingsOf(value);
  if (codings.length === 0) {
    if (strength === 'required' && isObject(value) && !value.extension)
      report(run, 'binding-required', { element, valueSet, codes: codesTold(set) }, place);
    else if (isObject(value) && value.text !== undefined)
      report(run, 'binding-text-only', { element, valueSet }, place);
    return;
  }
  const answer = set ? anyIn(set, codings) : undefined;
  if (answer === true) return;
  if (answer === false) {
    if (strength === 'required') report(run, 'binding-required', { element, valueSet, codes: codesTold(set) }, place);
    else report(run, 'binding-extensible', { element, valueSet }, place);
    return;
  }
  undecidedCode(run, binding, codings, set);
}

/** `: male, female, other, unknown` of a set that is short enough to be told; else nothing. */
export function codesTold(set: Membership | undefined): string {
  const codes = [...(set?.codes ?? [])];
  return codes.length > 0 && codes.length <= 16 ? `: ${codes.join(', ')}` : '';
}

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
  const waiver = waiverOf(run.knowledge, valueSet, systems, possible);
  if (waiver) {
    report(run, 'binding-waived', { element, valueSet, waiver }, place);
    return;
  }
  if (set) report(run, 'code-system-not-loaded', { element, valueSet, systems: systems.join(', ') }, place);
  else report(run, 'value-set-not-loaded', { element, valueSet }, place);
  const profile = place.profile;
  const whole = wholeSystems(run.knowledge, valueSet);
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
  { policy }: Knowledge,
  valueSet: string,
  absent: readonly string[],
  codings: readonly Coding[],
): string | undefined {
  const own = codings.flatMap(({ system }) => system || []);
  const named = absent.some((it) => own.includes(it)) || absent.length === 0 ? own : absent;
  return [valueSet, valueSet.split('|')[0]!, ...named].map((it) => policy.waive.get(it)).find(Boolean);
}

function wholeSystems({ definitions }: Knowledge, valueSet: string): string[] {
  const compose: unknown = definitions.find('ValueSet', valueSet)?.compose;
  if (!isObject(compose) || compose.exclude || !Array.isArray(compose.include)) return [];
  return compose.include
    .filter(isObject)
    .flatMap(({ system, version, concept, filter, valueSet: imported }) =>
      typeof system === 'string' && !version && !concept && !filter && !imported ? system : [],
    );
}
