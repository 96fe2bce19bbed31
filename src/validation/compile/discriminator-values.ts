/** The values that the path of a discriminator selects in a resource. */
import { decimalText } from '../../fhir/decimal.ts';
import { isA, typeModel } from '../../fhir/model.ts';
import type { ReferenceTarget } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';
import { frameOfReference } from '../run/reference-owner.ts';
import { referenceTarget } from '../run/reference-target.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import type { Step } from './discriminator-path.ts';
import type { ElementValue } from './profile-compilation.ts';

/** Undefined: the loaded content cannot decide. */
export type Ternary = boolean | undefined;

export type ReachedValue = ElementValue & { readonly target?: ReferenceTarget };

export const anyOf = <T>(all: readonly T[], test: (it: T) => Ternary): Ternary => {
  let answer: Ternary = false;
  for (const it of all) {
    const one = test(it);
    if (one) return true;
    if (one === undefined) answer = undefined;
  }
  return answer;
};

/** The values of a FHIR element in an object; those of a choice whatever their type. */
export function childrenOf(holder: JsonObject, name: string): ElementValue[] {
  const keys =
    name in holder || `_${name}` in holder ? [name] : Object.keys(holder).filter((key) => isChoice(key, name));
  return keys.flatMap((key) => {
    const value = holder[key];
    const type = key === name ? '' : typeNamed(key.slice(name.length));
    return Array.isArray(value)
      ? value.map((it): ElementValue => ({ value: it, beside: undefined, type }))
      : [{ value, beside: holder[`_${key}`], type, written: decimalText(holder, key) }];
  });
}

const isChoice = (key: string, name: string): boolean =>
  key.startsWith(name) && typeNamed(key.slice(name.length)) !== '';

const typeNamed = (suffix: string): string => {
  if (!/^[A-Z]/.test(suffix)) return '';
  const lower = suffix.charAt(0).toLowerCase() + suffix.slice(1);
  return typeModel(suffix) ? suffix : typeModel(lower) ? lower : '';
};

/** Whether a test is true for any value at the end of the path. Steps into elements allocate no arrays. */
export function anyAlong(
  steps: readonly Step[],
  at: number,
  found: ElementValue,
  run: Run,
  test: (found: ReachedValue, run: Run) => Ternary,
): Ternary {
  const step = steps[at];
  if (step === undefined) return test(found, run);
  const { value } = found;
  if (step.kind !== 'element' || (isObject(value) && value[step.name] === undefined))
    return anyOf(valuesAlong(steps.slice(at), found, run), (it) => test(it, run));
  if (!isObject(value)) return false;
  const below = value[step.name];
  if (!Array.isArray(below))
    return anyAlong(
      steps,
      at + 1,
      { value: below, beside: value[`_${step.name}`], type: '', written: decimalText(value, step.name) },
      run,
      test,
    );
  let answer: Ternary = false;
  for (const it of below) {
    const one = anyAlong(steps, at + 1, { value: it, beside: undefined, type: '' }, run, test);
    if (one) return true;
    if (one === undefined) answer = undefined;
  }
  return answer;
}

/** The values at the end of the path. */
export function valuesAlong(steps: readonly Step[], found: ElementValue, run: Run): ReachedValue[] {
  let all: ReachedValue[] = [found];
  for (const step of steps) {
    all = all.flatMap((it): ReachedValue[] => {
      if (step.kind === 'element') return isObject(it.value) ? childrenOf(it.value, step.name) : [];
      if (step.kind === 'ofType') return isOfType(it, step.type) ? [it] : [];
      if (step.kind === 'extension') {
        const holder = isObject(it.value) ? it.value : isObject(it.beside) ? it.beside : {};
        return childrenOf(holder, 'extension').filter(({ value }) => isObject(value) && value.url === step.url);
      }
      return resolved(it, run);
    });
  }
  return all;
}

/** An element without a type of its own may be of any; a resource states its type. */
function isOfType({ value, type }: ElementValue, asked: string): boolean {
  if (isObject(value) && typeof value.resourceType === 'string') return isA(value.resourceType, asked);
  return type === asked || type === '';
}

/** The target of a reference. One outside the message has no resource, only the type that its text states. */
function resolved({ value }: ElementValue, run: Run): ReachedValue[] {
  if (!isObject(value)) return [];
  const text = value.reference;
  const declared = typeof value.type === 'string' ? value.type : undefined;
  const target: ReferenceTarget =
    typeof text === 'string'
      ? referenceTarget(run, text, frameOfReference(run, value))
      : { type: declared, where: 'outside', form: 'invalid' };
  return [{ value: target.resource, beside: undefined, type: target.type ?? declared ?? '', target }];
}
