import type { Context } from 'hono';
import type { Gateway } from '../exchange/gateway.ts';

/** What stands between this gateway and the configuration set that it should decide by; nothing, mostly. */
export type ConfigurationState = {
  /** The set that was activated last and does not work here: the one before it still decides. */
  readonly refused?: string | undefined;
  /** The folders that this gateway was started with hold another set than the one that was activated. */
  readonly folders?: 'other' | undefined;
};

/** `/readyz`: whether messages can be taken in now: the store can be written and the outbox is not overfull. */
export async function readiness(
  { store, admission, configuration }: Gateway,
  context: Context,
  state: ConfigurationState,
): Promise<Response> {
  const ready = await store.ready().catch(() => false);
  const depth = ready ? await store.depth() : undefined;
  const waiting = depth?.waiting ?? 0;
  const well = ready && waiting <= admission.waiting;
  const told = {
    status: well ? 'ready' : 'not-ready',
    store: ready ? 'writable' : 'unavailable',
    waiting,
    dead: depth?.dead ?? 0,
    configuration: { digest: configuration, ...state },
  };
  return context.json(told, well ? 200 : 503);
}
