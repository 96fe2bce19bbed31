/** Codes against value sets: code, Coding, CodeableConcept and Quantity (https://hl7.org/fhir/R4/terminologies.html). */
import type { Membership } from '../../definitions/value-sets.ts';
import type { Run } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';
import { anyIn, codingsOf } from './codings.ts';
import { report } from './report.ts';
import { type Binding, undecidedCode } from './undecided-code.ts';

export function memberOf(run: Run, value: unknown, valueSet: string): boolean | undefined {
  const set = run.context.terminology.valueSet(valueSet);
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

/** Reports a value that is not in the set, or asks the question that cannot be answered here. */
export function checkBinding(value: unknown, run: Run, binding: Binding): void {
  const { strength, valueSet, place, element } = binding;
  const set = run.context.terminology.valueSet(valueSet);
  if (set && isSurelyIn(set, value)) return;
  const codings = codingsOf(value);
  if (codings.length === 0) {
    if (strength === 'required' && isObject(value) && !value.extension)
      report(run, 'binding-required', { element, valueSet, codes: codesTold(set) }, place);
    else if (isObject(value) && value.text !== undefined) report(run, 'binding-text', { element, valueSet }, place);
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
function codesTold(set: Membership | undefined): string {
  const codes = [...(set?.codes ?? [])];
  return codes.length > 0 && codes.length <= 16 ? `: ${codes.join(', ')}` : '';
}
