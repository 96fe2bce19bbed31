import type { Run } from '../plan/plan.ts';
import { type IssuePlace, report } from './report.ts';

/**
 * Reports a required profile that is not loaded: as a warning, which leaves the verdict undecided, unless the policy or a
 * waiver by the name of the profile accepts that it is not checked.
 */
export function reportUnloadedProfile(run: Run, profile: string, place: IssuePlace = {}): void {
  const { waive, unloadedProfiles } = run.context.policy;
  const waiver = waive.get(profile) ?? waive.get(profile.split('|')[0]!);
  if (waiver) report(run, 'profile-waived', { profile, waiver }, place);
  else {
    const severity = unloadedProfiles === 'undecided' ? 'warning' : 'information';
    report(run, 'profile-not-loaded', { profile }, { ...place, severity });
  }
}
