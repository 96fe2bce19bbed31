import type { AuditEvent } from '@medplum/fhirtypes';
import type { World } from '../world.ts';
import { auditEvent } from './event.ts';

/**
 * Refused logins by address, reason and minute. The first of a minute is recorded at once, as any refusal; the others are
 * counted, so that a client with a wrong token does not fill the store.
 */
export type RefusedLogins = {
  /** Whether this one is to be recorded now; if not, it was counted. */
  readonly isFirst: (address: string | undefined, rule: string, at: Date) => boolean;
  /** The events of minutes that are over, or of all with `all`. */
  readonly take: (now: Date, all?: 'all') => readonly AuditEvent[];
};

type Count = { readonly address: string | undefined; readonly rule: string; readonly since: Date; count: number };

/** Addresses times reasons of one minute that are counted apart; the rest of them share one count. */
const maximumCounts = 1_000;

const minute = 60_000;

export function refusedLogins({ newId }: Pick<World, 'newId'>): RefusedLogins {
  let counts = new Map<string, Count>();
  const over: Count[] = [];
  const keyOf = (address: string | undefined, rule: string) => {
    const key = `${rule} ${address ?? ''}`;
    return counts.has(key) || counts.size < maximumCounts ? key : `${rule} of other addresses`;
  };
  const end = (now: Date, all: boolean): void => {
    for (const [key, it] of counts) {
      if (!all && now.getTime() - it.since.getTime() < minute) continue;
      counts.delete(key);
      if (it.count > 0) over.push(it);
    }
    if (counts.size === 0) counts = new Map();
  };
  return {
    isFirst: (address, rule, at) => {
      const key = keyOf(address, rule);
      const known = counts.get(key);
      if (known && at.getTime() - known.since.getTime() < minute) {
        known.count++;
        return false;
      }
      if (known?.count) over.push(known);
      const apart = !key.endsWith('other addresses');
      counts.set(key, { address: apart ? address : undefined, rule, since: at, count: 0 });
      return true;
    },
    take: (now, all) => {
      end(now, all !== undefined);
      return over.splice(0).map(({ address, rule, since, count }) =>
        auditEvent({
          id: newId(),
          at: now,
          action: 'E',
          interaction: 'login',
          outcome: 'refused',
          codes: [rule],
          summary: { count, since },
          ...(address === undefined ? {} : { address }),
        }),
      );
    },
  };
}
