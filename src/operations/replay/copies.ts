import type { DispatchStatus, Store, StoredReplay } from '../../store/port.ts';

/** The delivery that was sent first: the copies that replays made of it count as the same one. */
export const rootOf = ({ id, replay }: Pick<DispatchStatus, 'id' | 'replay'>): string => replay?.of ?? id;

/**
 * Whether the delivery, or a copy of it, has been queued again by others since this replay was started, or a copy still waits:
 * two replays that run at once must not send the same one twice. What this replay made itself does not count: a step that was
 * cut off finds it.
 */
export async function isSentMeanwhile(
  store: Pick<Store, 'dispatches'>,
  { name, createdAt }: Pick<StoredReplay, 'name' | 'createdAt'>,
  dispatch: DispatchStatus,
): Promise<boolean> {
  const { recipient, traceId } = dispatch;
  const root = rootOf(dispatch);
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await store.dispatches({ recipient, traceId, count: 200, ...(cursor ? { cursor } : {}) });
    for (const other of page.items)
      if (
        rootOf(other) === root &&
        other.replay?.name !== name &&
        (other.queuedAt >= createdAt || (other.id !== dispatch.id && other.state === 'waiting'))
      )
        return true;
    cursor = page.next;
    more = cursor !== undefined;
  }
  return false;
}
