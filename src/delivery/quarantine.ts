import { auditEvent } from '../audit/event.ts';
import type { Attempt, Delivery, PartnerId, Store } from '../store/port.ts';
import type { World } from '../world.ts';

/** Partners that refuse everything, or answer what no contract has (docs/operate/operations.md#quarantine). */
export type Quarantine = {
  /** Takes note of an attempt. True: with it the partner has refused or answered ill-formed `most` times in a row. */
  readonly isOver: (delivery: Delivery, attempt: Attempt, most: number | undefined) => boolean;
  /** Holds the partner, as an operator does, with an audit event. False: it was on hold already. */
  readonly hold: (partner: PartnerId, most: number) => Promise<boolean>;
};

const bad: ReadonlySet<string> = new Set(['receiver-refused', 'receiver-answer-invalid']);

/** Counts since this gateway started; an answer that is in order, a delivery, begins anew. Silence is neither. */
export function quarantine({ store, world }: { readonly store: Store; readonly world: World }): Quarantine {
  const counts = new Map<PartnerId, number>();
  return {
    isOver: ({ recipient, address }, { outcome, because }, most) => {
      // the endpoint of a Subscription is another system
      if (most === undefined || address !== undefined) return false;
      if (outcome === 'delivered') counts.delete(recipient);
      if (!bad.has(because?.split(':', 1)[0] ?? '')) return false;
      const count = (counts.get(recipient) ?? 0) + 1;
      counts.set(recipient, count);
      return count >= most;
    },
    hold: async (partner, most) => {
      counts.delete(partner);
      const reason = `quarantine: ${most} refusals or ill-formed answers in a row`;
      const since = world.now();
      const by = 'mgn-gateway';
      const event = auditEvent({
        id: world.newId(),
        at: since,
        action: 'U',
        interaction: 'hold-partner',
        outcome: 'success',
        codes: [reason],
        partner: { id: by, name: by },
        recipient: { id: partner, name: partner },
      });
      return store.holdPartner({ partner, since, by, reason }, [event]);
    },
  };
}
