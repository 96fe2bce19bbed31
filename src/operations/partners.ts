import type { Network } from '../directory/index.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Store } from '../store/port.ts';
import { type Acting, bsnIssues, operatorEvent, reasonIssues } from './acting.ts';

/** A partner as its operator follows it: counts and times, no content. */
export type PartnerLine = {
  readonly partner: string;
  readonly name?: string;
  readonly waiting: number;
  /** Consecutive failed attempts. */
  readonly failures: number;
  readonly oldest?: Date;
  /** No attempt before this time. */
  readonly pausedUntil?: Date;
  readonly held?: { readonly since: Date; readonly by: string; readonly reason: string };
};

/** Every partner that deliveries go to, that waits for one, or that is held. Without a network: those of the store. */
export async function partnerLines(
  store: Pick<Store, 'depth' | 'heldPartners'>,
  network?: Pick<Network, 'partners'>,
): Promise<readonly PartnerLine[]> {
  const [{ recipients }, held] = await Promise.all([store.depth(), store.heldPartners()]);
  const waiting = new Map(recipients.map((it) => [it.recipient, it]));
  const heldBy = new Map(held.map((it) => [it.partner, it]));
  const own = [...(network?.partners.values() ?? [])].filter(({ channel }) => channel !== 'inbox');
  const ids = new Set([...own.map(({ id }) => id), ...waiting.keys(), ...heldBy.keys()]);
  return [...ids].sort().map((partner) => {
    const depth = waiting.get(partner);
    const hold = heldBy.get(partner);
    const name = network?.partners.get(partner)?.name;
    return {
      partner,
      ...(name === undefined ? {} : { name }),
      waiting: depth?.waiting ?? 0,
      failures: depth?.failures ?? 0,
      ...(depth?.oldest ? { oldest: depth.oldest } : {}),
      ...(depth?.notBefore ? { pausedUntil: depth.notBefore } : {}),
      ...(hold ? { held: { since: hold.since, by: hold.by, reason: hold.reason } } : {}),
    };
  });
}

/**
 * Stops deliveries to a partner: attempts in progress end, and nothing new is sent. Messages for it are accepted and wait.
 * Issues: `operations-reason-invalid`, `operations-bsn`, `partner-already-on-hold`.
 */
export async function holdPartner(acting: Acting, partner: string, reason: unknown): Promise<Result<undefined>> {
  const wrong = [...reasonIssues(reason), ...bsnIssues(partner)];
  if (wrong.length) return failure(...wrong);
  const because = String(reason).trim();
  const since = acting.world.now();
  const { id, person } = acting.by;
  const event = operatorEvent(acting, 'hold-partner', {
    codes: [because],
    recipient: { id: partner, name: partner },
  });
  const held = await acting.store.holdPartner({ partner, since, by: person?.id ?? id, reason: because }, [event]);
  return held ? success(undefined) : failure(issue('partner-already-on-hold', { partner }));
}

/** Continues them, the oldest first. Issues: `operations-bsn`, `partner-not-on-hold`. */
export async function releasePartner(acting: Acting, partner: string): Promise<Result<undefined>> {
  const wrong = bsnIssues(partner);
  if (wrong.length) return failure(...wrong);
  const event = operatorEvent(acting, 'release-partner', { codes: [], recipient: { id: partner, name: partner } });
  const released = await acting.store.releasePartner(partner, { now: acting.world.now(), audit: [event] });
  return released ? success(undefined) : failure(issue('partner-not-on-hold', {}));
}
