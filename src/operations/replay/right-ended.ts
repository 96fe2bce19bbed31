import type { DispatchStatus, Store } from '../../store/port.ts';
import { rootOf } from './copies.ts';

export type Rights = Pick<Store, 'dispatch' | 'history' | 'vread'>;

type Sent = Pick<DispatchStatus, 'id' | 'replay' | 'about' | 'recipient'> & Partial<Pick<DispatchStatus, 'createdAt'>>;

/**
 * Whether the receiver of a delivery lost the right to read what it is about: its Task, or else its order, as it was when that was
 * sent. Who reads an ended Task reads it from its end on, and what was sent before has the content of before. A copy has the text of
 * the first delivery.
 */
export async function hasRightEnded(store: Rights, dispatch: Sent): Promise<boolean> {
  const { about = [], recipient } = dispatch;
  const own = about.find((name) => name.startsWith('Task/')) ?? about[0] ?? '';
  const [type, id] = own.split('/');
  if (!type || !id) return false;
  const root = rootOf(dispatch);
  const first = root === dispatch.id ? dispatch : await store.dispatch(root);
  const at = (first ?? dispatch).createdAt?.getTime() ?? 0;
  const versions = await store.history(type, id);
  const then = versions.find(({ lastUpdated }) => lastUpdated.getTime() <= at) ?? versions.at(-1);
  return then !== undefined && (await store.vread(type, id, then.version, recipient)) === undefined;
}
