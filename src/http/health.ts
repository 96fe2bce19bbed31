import type { Context } from 'hono';
import type { Gateway } from '../exchange/gateway.ts';

/** `/readyz`: whether messages can be taken in now: the store can be written and the outbox is not overfull. */
export async function readiness({ store, admission }: Gateway, context: Context): Promise<Response> {
  const ready = await store.ready().catch(() => false);
  const depth = ready ? await store.depth() : undefined;
  const waiting = depth?.waiting ?? 0;
  const well = ready && waiting <= admission.waiting;
  const told = {
    status: well ? 'ready' : 'not-ready',
    store: ready ? 'writable' : 'unavailable',
    waiting,
    dead: depth?.dead ?? 0,
  };
  return context.json(told, well ? 200 : 503);
}
