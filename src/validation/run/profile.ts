import { typeModel } from '../../fhir/model.ts';
import type { Frame } from '../plan/frame.ts';
import type { ProfilePlan, Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { isObject, type Obj } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { within } from './frame.ts';
import { report } from './report.ts';
import { passes } from './silent.ts';

/** Holds a resource or data type against a profile that is loaded. */
export function checkProfile(value: unknown, run: Run, canonical: string): void {
  const plan = run.context.plans.profile(canonical);
  if (!plan) return;
  const type = isObject(value) ? value.resourceType : undefined;
  if (typeof type === 'string' && !fitsType(plan, type)) {
    report(run, 'profile-wrong-type', { profile: canonical, asked: plan.type, type: typeModel(type) ? type : '?' });
    return;
  }
  // A profile asked by a Bundle of a resource in an entry is that resource's own: %resource is the resource.
  const own = isObject(value) ? run.frames?.get(value) : undefined;
  if (own && own !== run.frame) within(run, own, () => plan.check(value, run));
  else plan.check(value, run);
}

const fitsType = (plan: ProfilePlan, type: string): boolean => {
  for (let it: string | undefined = type; it; it = typeModel(it)?.base) if (it === plan.type) return true;
  return false;
};

/**
 * Whether a value conforms to a profile; undefined when the profile is not here. A resource that is being held against
 * the same profile already is taken to conform, so that references in a circle end.
 */
export function conforms(run: Run, value: unknown, canonical: string, frame?: Frame): boolean | undefined {
  const type = typeOfUrl(canonical);
  if (type !== undefined && typeModel(type)) return isObject(value) && isOfType(value, type);
  if (!isUsable(run, canonical)) return undefined;
  if (!isObject(value)) return false;
  run.judged ??= new Map();
  const judged = run.judged.get(value) ?? new Map<string, boolean>();
  run.judged.set(value, judged);
  const known = judged.get(canonical);
  if (known !== undefined) return known;
  judged.set(canonical, true);
  let answer = true;
  within(run, frame ?? run.frames?.get(value) ?? run.frame, () => {
    answer = passes(run, () => checkProfile(value, run, canonical));
  });
  judged.set(canonical, answer);
  return answer;
}

/** One of several profiles that is not here, or cannot be compiled, decides nothing. */
function isUsable(run: Run, canonical: string): boolean {
  try {
    return run.context.plans.profile(canonical) !== undefined;
  } catch (error) {
    if (error instanceof ProfileError) return false;
    throw error;
  }
}

const isOfType = (value: Obj, type: string): boolean => {
  const own = value.resourceType;
  if (typeof own !== 'string') return true;
  for (let it: string | undefined = own; it; it = typeModel(it)?.base) if (it === type) return true;
  return false;
};
