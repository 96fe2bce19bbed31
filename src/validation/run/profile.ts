import { typeModel } from '../../fhir/model.ts';
import type { Frame } from '../plan/frame.ts';
import type { ProfilePlan, Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { inFrame } from './frame.ts';
import { report } from './report.ts';
import { passes } from './silent.ts';

/** Checks a resource or data type against a profile; does nothing when it is not loaded. */
export function checkProfile(value: unknown, run: Run, canonical: string): void {
  const plan = run.context.plans.profile(canonical);
  if (!plan) return;
  const type = isObject(value) ? value.resourceType : undefined;
  if (typeof type === 'string' && !appliesTo(plan, type)) {
    report(run, 'profile-type-mismatch', { profile: canonical, asked: plan.type, type: typeModel(type) ? type : '?' });
    return;
  }
  // When the profile of a Bundle constrains the resource of an entry, %resource is the resource, not the Bundle.
  const own = isObject(value) ? run.frames?.get(value) : undefined;
  if (typeof type === 'string' && wasReported(run, own ?? (value as object), plan)) return;
  if (own && own !== run.frame) inFrame(run, own, () => plan.check(value, run));
  else plan.check(value, run);
}

/**
 * Whether a resource was checked against this profile before, with its findings reported: a Bundle and the resource itself
 * mostly require the same one.
 */
function wasReported(run: Run, place: object, plan: ProfilePlan): boolean {
  if (run.silent > 0) return false;
  run.reported ??= new Map();
  const plans = run.reported.get(place);
  if (plans?.has(plan)) return true;
  if (plans) plans.add(plan);
  else run.reported.set(place, new Set([plan]));
  return false;
}

const appliesTo = (plan: ProfilePlan, type: string): boolean => {
  for (let it: string | undefined = type; it; it = typeModel(it)?.base) if (it === plan.type) return true;
  return false;
};

/**
 * Whether a value conforms to a profile; undefined when the profile is not loaded. A resource whose check against the
 * same profile is in progress counts as conforming, so that circular references end.
 */
export function conformsTo(run: Run, value: unknown, canonical: string, frame?: Frame): boolean | undefined {
  const type = typeOfUrl(canonical);
  if (type !== undefined && typeModel(type)) return isObject(value) && isOfType(value, type);
  if (!isUsable(run, canonical)) return undefined;
  if (!isObject(value)) return false;
  run.conformance ??= new Map();
  const results = run.conformance.get(value) ?? new Map<string, boolean>();
  run.conformance.set(value, results);
  const cached = results.get(canonical);
  if (cached !== undefined) return cached;
  results.set(canonical, true);
  let answer = true;
  inFrame(run, frame ?? run.frames?.get(value) ?? run.frame, () => {
    answer = passes(run, () => checkProfile(value, run, canonical));
  });
  results.set(canonical, answer);
  return answer;
}

/** Among alternatives, a profile that is not loaded or cannot be compiled decides nothing. */
function isUsable(run: Run, canonical: string): boolean {
  try {
    return run.context.plans.profile(canonical) !== undefined;
  } catch (error) {
    if (error instanceof ProfileError) return false;
    throw error;
  }
}

const isOfType = (value: JsonObject, type: string): boolean => {
  const own = value.resourceType;
  if (typeof own !== 'string') return true;
  for (let it: string | undefined = own; it; it = typeModel(it)?.base) if (it === type) return true;
  return false;
};
