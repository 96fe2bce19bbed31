import { type Issue, issue } from '../../fhir/issue.ts';
import type { RoutingContext } from '../facts/facts.ts';
import type { DirectoryService } from '../snapshot/snapshot.ts';
import { isNotConnected } from './candidates.ts';

/** Warnings to the sender of an accepted referral. The same facts yield the same warnings, whichever rule decides. */
export function deviationsOf(known: RoutingContext, kind: 'assigned' | 'human', owner: DirectoryService): Issue[] {
  const { facts, namedOwner, ownerIsReferrer, referrerIsSender } = known;
  const asksHuman = kind === 'human';
  const namedButUnfit = asksHuman && (facts.owner === 'service' || facts.owner === 'organization');
  const named = 'services' in namedOwner ? namedOwner.services : [];
  const isUnconnected = named.length > 0 && named.every(isNotConnected);
  return [
    ...(facts.owner === 'unknown' && asksHuman
      ? [issue('owner-unknown-manual-routing', {}, { expression: 'Task.owner' })]
      : []),
    ...(namedButUnfit
      ? [issue(isUnconnected ? 'owner-not-connected' : 'owner-not-eligible', {}, { expression: 'Task.owner' })]
      : []),
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
