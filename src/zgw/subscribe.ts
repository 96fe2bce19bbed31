import type { ZgwAnswer, ZgwApi } from '../delivery/channel/zgw/client.ts';
import { listOf, unreadable } from '../delivery/channel/zgw/find.ts';

export type Subscribed = 'created' | 'present' | Extract<ZgwAnswer, { readonly kind: 'ended' }>;

/**
 * Subscribes at the Notificaties API of a municipality (`abonnement`), to the zaaktypen at which requests are registered,
 * unless it is subscribed. The municipality calls back with `authorization`; it tries the callback out while it answers.
 */
export async function subscribeAt(
  api: ZgwApi,
  notificaties: string,
  { callback, authorization }: { readonly callback: string; readonly authorization: string },
): Promise<Subscribed> {
  const list = await api.get(`${notificaties}/abonnement`);
  if (list.kind === 'ended') return list;
  const isOurs = (it: unknown) => (it as { readonly callbackUrl?: unknown } | null)?.callbackUrl === callback;
  const there = listOf(list.value);
  // a second subscription would be notified twice of everything
  if (!there) return unreadable();
  if (there.some(isOurs)) return 'present';
  const created = await api.post(`${notificaties}/abonnement`, {
    callbackUrl: callback,
    auth: authorization,
    kanalen: api.settings.zaaktypen.map(({ url }) => ({ naam: 'zaken', filters: { zaaktype: url } })),
  });
  return created.kind === 'ended' ? created : 'created';
}

/** Where the notifications of a partner come in. */
export const callbackOf = (baseUrl: string, partner: string): string =>
  new URL(`/zgw/${partner}/notifications`, baseUrl).href;
