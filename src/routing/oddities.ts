import { type Issue, issue } from '../fhir/issue.ts';
import type { Known } from './facts.ts';
import type { DirectoryService } from './snapshot.ts';

/** What the sender should hear of a referral that is taken in: the same facts give the same warnings, whichever rule decides. */
export function odditiesOf(known: Known, kind: 'assigned' | 'human', owner: DirectoryService): Issue[] {
  const { facts, ownerIsReferrer, referrerIsSender } = known;
  const asksHuman = kind === 'human';
  const namedButUnfit = asksHuman && (facts.owner === 'service' || facts.owner === 'organization');
  return [
    ...(facts.owner === 'unknown' && asksHuman
      ? [issue('owner-unknown-manual-routing', {}, { expression: 'Task.owner' })]
      : []),
    ...(namedButUnfit ? [issue('owner-not-eligible', {}, { expression: 'Task.owner' })] : []),
    ...(ownerIsReferrer ? [issue('owner-is-referrer', {}, { expression: 'Task.owner' })] : []),
    ...(facts.residence === 'outside' && asksHuman
      ? [issue('outside-catchment', {}, { expression: 'Patient.address' })]
      : []),
    ...(facts.residence === 'unknown' && asksHuman
      ? [issue('address-missing', {}, { expression: 'Patient.address' })]
      : []),
    ...(facts.referrer === 'unknown' ? [issue('referrer-unknown', {}, { expression: 'Task.requester' })] : []),
    ...(referrerIsSender ? [] : [issue('referrer-not-sender', {}, { expression: 'Task.requester' })]),
    ...(facts.complaint === 'other'
      ? [issue('psychological-complaint-missing', {}, { expression: 'Condition.code' })]
      : []),
    ...(facts.urgent
      ? [issue('urgent-call', { service: callable(owner) }, { expression: 'ServiceRequest.priority' })]
      : []),
  ];
}

const callable = ({ name, phone }: DirectoryService): string => (phone ? `${name} (${phone})` : name);
