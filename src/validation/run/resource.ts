/** Resources: checked against their type, then the profiles required of them. */
import { typeModel } from '../../fhir/model.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Frame } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { checkType } from './check-type.ts';
import { inFrame } from './frame.ts';
import { enter, leave } from './position.ts';
import { checkProfile } from './profile.ts';
import { report } from './report.ts';
import { reportUnloadedProfile } from './unloaded-profile.ts';

/** Checks a resource inside another: contained, or of a Bundle entry or a parameter. */
export function checkResource(value: unknown, run: Run): void {
  if (!isObject(value) || typeof value.resourceType !== 'string') {
    report(run, 'not-a-resource', {});
    return;
  }
  const resource = value as unknown as Resource;
  const segment = run.segments[run.depth - 1];
  const contained = segment?.key === 'contained';
  if (contained && run.context.policy.contained === 'ignore') return;
  const frame: Frame = {
    resource,
    root: contained ? run.frame.root : resource,
    parent: run.frame,
    fullUrl: segment?.path === 'Bundle.entry.resource' ? fullUrlOf(run) : undefined,
    depth: run.depth,
  };
  run.frames ??= new Map();
  run.frames.set(value, frame);
  inFrame(run, frame, () => checkTypeAndProfiles(resource, run, []));
}

/** fullUrl is a sibling of the resource, in the entry that the run came through. */
function fullUrlOf(run: Run): string | undefined {
  const entries = (run.frame.resource as unknown as JsonObject).entry;
  const entry: unknown = Array.isArray(entries) ? entries[run.index[run.depth - 2] ?? -1] : undefined;
  return isObject(entry) && typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined;
}

/** Checks the base type, then `profiles`, then global profiles and those of meta.profile. */
export function checkTypeAndProfiles(resource: Resource, run: Run, profiles: readonly string[]): void {
  const type = resource.resourceType;
  const model = typeModel(type);
  if (model?.kind !== 'resource' || model.abstract) {
    report(run, 'resource-type-unknown', {});
    return;
  }
  checkType(run.context.plans.type(type), resource, run);
  for (const profile of profiles) {
    if (!run.context.plans.profile(profile)) report(run, 'profile-requested-not-loaded', { profile });
    else checkProfile(resource, run, profile);
  }
  for (const profile of run.context.plans.globalProfiles(type))
    if (!profiles.includes(profile)) checkProfile(resource, run, profile);
  const named: unknown = isObject(resource.meta) ? resource.meta.profile : undefined;
  if (!Array.isArray(named)) return;
  for (const [i, profile] of named.entries()) {
    if (typeof profile !== 'string' || profiles.includes(profile)) continue;
    if (!run.context.plans.profile(profile)) reportNotLoaded(run, profile, i);
    else checkProfile(resource, run, profile);
  }
}

const metaSegment: Segment = { key: 'meta', expression: 'meta', path: 'Resource.meta', type: 'Meta' };
const profileSegment: Segment = { key: 'profile', expression: 'profile', path: 'Meta.profile', type: 'canonical' };

function reportNotLoaded(run: Run, profile: string, index: number): void {
  enter(run, metaSegment, -1);
  enter(run, profileSegment, index);
  reportUnloadedProfile(run, profile);
  leave(run);
  leave(run);
}
