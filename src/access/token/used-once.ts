import { hash } from 'node:crypto';
import type { Store } from '../../store/port.ts';

/**
 * Whether an id is used for the first time, until it expires: the store remembers it, so that a replay is also found by
 * another gateway on the store and after a restart. Only its digest is stored.
 */
export type UsedOnce = (
  id: readonly string[],
  until: { readonly now: Date; readonly milliseconds: number },
) => Promise<boolean>;

export const usedOnce =
  ({ lease }: Pick<Store, 'lease'>, newId: () => string): UsedOnce =>
  (id, { now, milliseconds }) =>
    lease(`jti:${hash('sha256', JSON.stringify(id), 'base64url')}`, { holder: newId(), now, milliseconds });
