/** The values at the end of a discriminator's path, in a resource. */
import { typeModel } from '../../fhir/model.ts';
import type { Target } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';
import { targetOf } from '../run/reference-target.ts';
import { isObject, type Obj } from '../values/object.ts';
import type { Step } from './discriminator-path.ts';
import type { Found } from './profile-compilation.ts';

export type Answer = boolean | undefined;

export type Reached = Found & { readonly target?: Target };

export const some = <T>(all: readonly T[], test: (it: T) => Answer): Answer => {
  let answer: Answer = false;
  for (const it of all) {
    const one = test(it);
    if (one) return true;
    if (one === undefined) answer = undefined;
  }
  return answer;
};

/** The values below an object by FHIR's element name; of a choice under whatever type it has. */
export function childrenOf(holder: Obj, name: string): Found[] {
  const keys =
    name in holder || `_${name}` in holder ? [name] : Object.keys(holder).filter((key) => isChoice(key, name));
  return keys.flatMap((key) => {
    const value = holder[key];
    const type = key === name ? '' : typeNamed(key.slice(name.length));
    return Array.isArray(value)
      ? value.map((it) => ({ value: it, beside: undefined, type }))
      : [{ value, beside: holder[`_${key}`], type }];
  });
}

const isChoice = (key: string, name: string): boolean =>
  key.startsWith(name) && typeNamed(key.slice(name.length)) !== '';

const typeNamed = (suffix: string): string => {
  if (!/^[A-Z]/.test(suffix)) return '';
  const lower = suffix.charAt(0).toLowerCase() + suffix.slice(1);
  return typeModel(suffix) ? suffix : typeModel(lower) ? lower : '';
};

/** Whether a test holds for any value at the end of the path; elements only are followed without making lists. */
export function along(
  steps: readonly Step[],
  at: number,
  found: Found,
  run: Run,
  test: (found: Reached, run: Run) => Answer,
): Answer {
  const step = steps[at];
  if (step === undefined) return test(found, run);
  const { value } = found;
  if (step.kind !== 'element' || (isObject(value) && value[step.name] === undefined))
    return some(walk(steps.slice(at), found, run), (it) => test(it, run));
  if (!isObject(value)) return false;
  const below = value[step.name];
  if (!Array.isArray(below))
    return along(steps, at + 1, { value: below, beside: value[`_${step.name}`], type: '' }, run, test);
  let answer: Answer = false;
  for (const it of below) {
    const one = along(steps, at + 1, { value: it, beside: undefined, type: '' }, run, test);
    if (one) return true;
    if (one === undefined) answer = undefined;
  }
  return answer;
}

export function walk(steps: readonly Step[], found: Found, run: Run): Reached[] {
  let all: Reached[] = [found];
  for (const step of steps) {
    all = all.flatMap((it): Reached[] => {
      if (step.kind === 'element') return isObject(it.value) ? childrenOf(it.value, step.name) : [];
      if (step.kind === 'ofType') return it.type === step.type || it.type === '' ? [it] : [];
      if (step.kind === 'extension') {
        const holder = isObject(it.value) ? it.value : isObject(it.beside) ? it.beside : {};
        return childrenOf(holder, 'extension').filter(({ value }) => isObject(value) && value.url === step.url);
      }
      return resolved(it, run);
    });
  }
  return all;
}

/** A reference without text leads nowhere; one to outside is kept with what its text tells. */
function resolved({ value }: Found, run: Run): Reached[] {
  if (!isObject(value)) return [];
  const text = value.reference;
  const told = typeof value.type === 'string' ? value.type : undefined;
  const target: Target =
    typeof text === 'string' ? targetOf(run, text) : { type: told, where: 'outside', form: 'invalid' };
  return [{ value: target.resource, beside: undefined, type: target.type ?? told ?? '', target }];
}
