/**
 * Codes against value sets: code, Coding, CodeableConcept and Quantity (https://hl7.org/fhir/R4/terminologies.html).
 */
import type { Membership } from '../../definitions/value-sets.ts';
import type { Run } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';
import { anyIn, codingsOf } from './codings.ts';
import { report } from './report.ts';
import { type Binding, reportUndecidedCode } from './undecided-code.ts';

/** The common case without allocation: a code of the set. */
function isListed(set: Membership, value: unknown): boolean {
  if (typeof value === 'string') return set.codes?.has(value) === true;
  if (!isObject(value) || !Array.isArray(value.coding)) return false;
  for (const it of value.coding)
    if (isObject(it) && typeof it.system === 'string' && typeof it.code === 'string' && set.has(it.system, it.code))
      return true;
  return false;
}

/** Reports a value outside the set, or opens a question when the loaded content cannot decide. */
export function checkBinding(value: unknown, run: Run, binding: Binding): void {
  const { strength, valueSet, place, element } = binding;
  const set = run.context.terminology.valueSet(valueSet);
  if (set && isListed(set, value)) return;
  const codings = codingsOf(value);
  if (codings.length === 0) {
    if (strength === 'required' && isObject(value) && !value.extension)
      report(run, 'binding-required', { element, valueSet, codes: listedCodes(set) }, place);
    else if (isObject(value) && value.text !== undefined)
      report(run, 'binding-text-only', { element, valueSet }, place);
    return;
  }
  const answer = set ? anyIn(set, codings) : undefined;
  if (answer === true) return;
  if (answer === false) {
    if (strength === 'required') report(run, 'binding-required', { element, valueSet, codes: listedCodes(set) }, place);
    else report(run, 'binding-extensible', { element, valueSet }, place);
    return;
  }
  reportUndecidedCode(run, binding, codings, set);
}

/** `: male, female, other, unknown`; empty for a set too long to list. */
function listedCodes(set: Membership | undefined): string {
  const codes = [...(set?.codes ?? [])];
  return codes.length > 0 && codes.length <= 16 ? `: ${codes.join(', ')}` : '';
}
