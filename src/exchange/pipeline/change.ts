import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { StoredResource } from '../../store/port.ts';
import { withJourneyTrace } from '../memory/trace.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { requestedVersion } from '../reading/if-match.ts';
import { admit } from './admit.ts';
import type { Answer } from './answer.ts';
import type { CommitPlan } from './commit.ts';
import type { Gateway } from './gateway.ts';
import { commitOrRetry } from './retry-after-race.ts';

/** Resource that a request creates or changes, and how its current version is read. */
export type Target<Current> = {
  /** Part of the digest of the request: the same body for another target is a different request. */
  readonly name: string;
  readonly action: 'C' | 'U';
  /** `Type/id` of the resource whose journey the change continues. */
  readonly reference?: string;
  readonly current: (received: Received) => Promise<Result<Current>>;
};

/** A resource that the request creates (https://hl7.org/fhir/R4/http.html#create). */
export const newOf = (type: string): Target<undefined> => ({
  name: type,
  action: 'C',
  current: async () => success(undefined),
});

export type Place = { readonly type: string; readonly id: string; readonly ifMatch: string | undefined };

/**
 * A stored resource, changed from the version that its sender read (https://hl7.org/fhir/R4/http.html#concurrency).
 * Issues: `not-found`, `if-match-missing`, `version-stale` (412).
 */
export const existing = <Current extends { readonly version: number }>(
  { type, id, ifMatch }: Place,
  read: (received: Received) => Promise<Result<Current>>,
): Target<Current> => ({
  name: `${type}/${id} ${ifMatch ?? ''}`,
  action: 'U',
  current: async (received) => {
    const found = await read(received);
    if (!found.ok) return found;
    const expected = requestedVersion(ifMatch);
    if (expected === undefined) return failure(issue('if-match-missing', {}));
    const { version } = found.value;
    return expected === version ? found : failure(issue('version-stale', { current: version }));
  },
});

/** A stored resource of a journey that the sender may read. Issues: as `existing`. */
export const stored = ({ store }: Pick<Gateway, 'store'>, place: Place): Target<StoredResource> => ({
  ...existing(place, async ({ partner }) => {
    const found = await store.read(place.type, place.id, partner.id);
    return found ? success(found) : failure(issue('not-found', {}));
  }),
  reference: `${place.type}/${place.id}`,
});

export type Change<Current> = { readonly interaction: string; readonly target: Target<Current> };

/**
 * Entry point of every change: admission, If-Match, the trace of the journey, and a retry when another request changed
 * the same order in between. `consider` returns what to commit; it may run several times.
 */
export async function change<Current>(
  gateway: Gateway,
  envelope: Envelope,
  { interaction, target }: Change<Current>,
  consider: (received: Received, current: Current) => Promise<Result<CommitPlan>>,
): Promise<Answer> {
  const named = { ...envelope, target: `${interaction} ${target.name}`, reference: target.reference };
  const admitted = await admit(gateway, named, interaction, target.action);
  if (admitted.kind === 'answered') return admitted.answer;
  const received = await withJourneyTrace(gateway.store, envelope, admitted.received, target.reference);
  const answer = await commitOrRetry(gateway, envelope, received, async () => {
    const current = await target.current(received);
    return current.ok ? consider(received, current.value) : current;
  });
  return answer.kind === 'accepted' ? answer : admitted.refuse(answer);
}
