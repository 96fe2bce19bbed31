/** A resource: its type, then the profiles that it or its surroundings name. */
import { typeModel } from '../fhir/model.ts';
import type { Resource } from '../fhir/resource.ts';
import { isObject, type Obj } from './equal.ts';
import { within } from './frames.ts';
import { globalProfiles, ProfileError, typeOfUrl } from './knowledge.ts';
import { type ProfilePlan, profilePlan } from './profile.ts';
import { enter, type Frame, leave, passes, type Run, report, type Segment } from './run.ts';
import { typePlan } from './type-plan.ts';
import { checkType } from './walk.ts';

/** A resource inside another: contained, the resource of an entry or of a parameter. */
export function checkResource(value: unknown, run: Run): void {
  if (!isObject(value) || typeof value.resourceType !== 'string') {
    report(run, 'not-a-resource', {});
    return;
  }
  const resource = value as unknown as Resource;
  const way = run.way[run.depth - 1];
  const contained = way?.key === 'contained';
  if (contained && run.knowledge.policy.contained === 'ignore') return;
  const frame: Frame = {
    resource,
    root: contained ? run.frame.root : resource,
    parent: run.frame,
    fullUrl: way?.path === 'Bundle.entry.resource' ? fullUrlOf(run) : undefined,
    depth: run.depth,
  };
  run.frames ??= new Map();
  run.frames.set(value, frame);
  within(run, frame, () => checkWhole(resource, run, []));
}

/** fullUrl stands beside the resource, in the entry that the way came through. */
function fullUrlOf(run: Run): string | undefined {
  const entries = (run.frame.resource as unknown as Obj).entry;
  const entry: unknown = Array.isArray(entries) ? entries[run.index[run.depth - 2] ?? -1] : undefined;
  return isObject(entry) && typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined;
}

/** Base type, then `profiles`, then those of meta.profile. */
export function checkWhole(resource: Resource, run: Run, profiles: readonly string[]): void {
  const type = resource.resourceType;
  const model = typeModel(type);
  if (model?.kind !== 'resource' || model.abstract) {
    report(run, 'resource-type-unknown', {});
    return;
  }
  checkType(typePlan(run.knowledge, type), resource, run);
  for (const profile of profiles) {
    if (!profilePlan(run.knowledge, profile)) report(run, 'profile-requested-not-loaded', { profile });
    else checkProfile(resource, run, profile);
  }
  for (const profile of globalProfiles(run.knowledge, type))
    if (!profiles.includes(profile)) checkProfile(resource, run, profile);
  const named: unknown = isObject(resource.meta) ? resource.meta.profile : undefined;
  if (!Array.isArray(named)) return;
  for (const [i, profile] of named.entries()) {
    if (typeof profile !== 'string' || profiles.includes(profile)) continue;
    if (!profilePlan(run.knowledge, profile)) notLoaded(run, profile, i);
    else checkProfile(resource, run, profile);
  }
}

const metaSegment: Segment = { key: 'meta', says: 'meta', path: 'Resource.meta', type: 'Meta' };
const profileSegment: Segment = { key: 'profile', says: 'profile', path: 'Meta.profile', type: 'canonical' };

function notLoaded(run: Run, profile: string, index: number): void {
  enter(run, metaSegment, -1);
  enter(run, profileSegment, index);
  report(run, 'profile-not-loaded', { profile });
  leave(run);
  leave(run);
}

/** Holds a resource or data type against a profile that is loaded. */
export function checkProfile(value: unknown, run: Run, canonical: string): void {
  const plan = profilePlan(run.knowledge, canonical);
  if (!plan) return;
  const type = isObject(value) ? value.resourceType : undefined;
  if (typeof type === 'string' && !fitsType(plan, type)) {
    report(run, 'profile-type-mismatch', { profile: canonical, asked: plan.type, type: typeModel(type) ? type : '?' });
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
    return profilePlan(run.knowledge, canonical) !== undefined;
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
