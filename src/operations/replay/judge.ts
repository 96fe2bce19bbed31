import { isNotification } from '../../delivery/conditional.ts';
import type { MayStillSend } from '../../delivery/settings.ts';
import type { Network } from '../../directory/index.ts';
import type { DispatchStatus, Store } from '../../store/port.ts';
import { rootOf } from './copies.ts';
import { hasRightEnded, type Rights } from './right-ended.ts';

export type Judging = {
  readonly store: Pick<Store, 'dispatches'> & Rights;
  readonly network: Pick<Network, 'partners'>;
  readonly mayStillSend: MayStillSend;
};

/**
 * Why a delivery is not sent again; undefined when it may be.
 *
 *   notification    of a Subscription: its partner catches up by $events
 *   partner-unknown its receiver is no partner any more
 *   waiting         it is in the outbox already
 *   withdrawn       its receiver lost the right to it before it was sent
 *   right-ended     its receiver lost the right to read what it is about, as it was when it was sent
 *   superseded      a later delivery about the same Task replaces it: sending it would put the receiver's copy back
 *   consent-ended   it may not be disclosed now
 *   undecided       whether it may be disclosed could not be asked
 */
export async function barredBecause(it: Judging, dispatch: DispatchStatus): Promise<string | undefined> {
  if (isNotification(dispatch)) return 'notification';
  if (!it.network.partners.has(dispatch.recipient)) return 'partner-unknown';
  if (dispatch.state === 'withdrawn') return 'withdrawn';
  if (dispatch.state === 'waiting' && !dispatch.aside) return 'waiting';
  if (await isSuperseded(it.store, dispatch)) return 'superseded';
  const barred = await barredNow(it, dispatch);
  // a right that ended with its Consent: the Consent is the reason that helps
  if (barred !== 'consent-ended' && (await hasRightEnded(it.store, dispatch))) return 'right-ended';
  return barred;
}

async function barredNow({ mayStillSend }: Judging, dispatch: DispatchStatus): Promise<string | undefined> {
  try {
    // as one that has waited: on the grounds of now
    const answer = await mayStillSend({ ...dispatch, body: '', createdAt: new Date(0), attempts: 1 });
    return answer.ok ? undefined : answer.because;
  } catch {
    return 'undecided';
  }
}

/** Kinds of which the last one says it all: they update what the receiver has. */
const updating: ReadonlySet<string> = new Set(['status', 'appointment']);

async function isSuperseded(store: Judging['store'], dispatch: DispatchStatus): Promise<boolean> {
  const { id, about = [], kind, recipient } = dispatch;
  if (!updating.has(kind)) return false;
  const task = about.find((name) => name.startsWith('Task/'));
  if (!task) return false;
  const own = new Set(about);
  let isBefore = true;
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await store.dispatches({ task, recipient, count: 200, ...(cursor ? { cursor } : {}) });
    for (const other of page.items) {
      if (other.id === id) isBefore = false;
      else if (
        !isBefore &&
        rootOf(other) !== rootOf(dispatch) &&
        other.kind === kind &&
        (other.state === 'delivered' || other.state === 'waiting') &&
        (other.about ?? []).every((name) => own.has(name))
      )
        return true;
    }
    cursor = page.next;
    more = cursor !== undefined;
  }
  return false;
}
