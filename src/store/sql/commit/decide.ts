import type { Committed } from '../../port.ts';
import type { EarlierMessage, KeyOwner, Known } from './load.ts';
import { keyName, requestName } from './load.ts';
import type { PreparedCommit } from './prepare.ts';

/** Why a commit is refused. The messages that it names are read afterwards: they may be of the same group. */
export type Refusal =
  | { readonly kind: 'refused'; readonly committed: Committed }
  | { readonly kind: 'sent-before'; readonly as: 'duplicate' | 'reused'; readonly earlier: EarlierMessage }
  | { readonly kind: 'resent'; readonly earlier: KeyOwner };

/**
 * Why this commit is refused, going by messages and versions. A message that was sent before is answered as before,
 * whatever else has changed since.
 */
export function refusalOf(known: Known, it: PreparedCommit): Refusal | undefined {
  return sentBefore(known, it) ?? resent(known, it) ?? conflictOf(known, it);
}

function sentBefore({ requests }: Known, { message }: PreparedCommit): Refusal | undefined {
  const earlier = message && requests.get(requestName(message.partner, message.requestId));
  if (!earlier) return undefined;
  return { kind: 'sent-before', as: earlier.digest === message.bodyDigest ? 'duplicate' : 'reused', earlier };
}

function resent(known: Known, { message, keys }: PreparedCommit): Refusal | undefined {
  if (!message || !keys) return undefined;
  for (const key of keys.keys) {
    const earlier = known.keys.get(keyName(message.partner, key));
    if (!earlier || (keys.since && earlier.receivedAt < keys.since.getTime())) continue;
    return keys.amends && earlier.content !== keys.content ? undefined : { kind: 'resent', earlier };
  }
  return undefined;
}

function conflictOf({ resources }: Known, { changes, guards = [] }: PreparedCommit): Refusal | undefined {
  const stale = (type: string, id: string, expected: number): Refusal | undefined => {
    const current = resources.get(`${type}/${id}`)?.version;
    if (current === expected) return undefined;
    return { kind: 'refused', committed: { kind: 'stale', type, id, ...(current === undefined ? {} : { current }) } };
  };
  for (const { type, id, isNew, version } of changes) {
    const current = resources.get(`${type}/${id}`)?.version;
    if (isNew && current !== undefined) return { kind: 'refused', committed: { kind: 'exists', type, id, current } };
    const conflict = isNew ? undefined : stale(type, id, version - 1);
    if (conflict) return conflict;
  }
  for (const { type, id, version } of guards) {
    const conflict = stale(type, id, version);
    if (conflict) return conflict;
  }
  return undefined;
}
