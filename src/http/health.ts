import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { ReplicatedSource } from '../routing/index.ts';

/** Deviations from the activated configuration set; empty when there are none. */
export type ConfigurationState = {
  /** The activated set, when it does not compile or lacks a secret here: the previous one stays in force. */
  readonly refused?: string | undefined;
  /** The folders that this gateway was started with contain another set than the activated one. */
  readonly folders?: 'other' | undefined;
};

/**
 * `/readyz`: 200 when messages can be accepted (the store is writable and the outbox is below its limit), else 503.
 * Reports the age in seconds of each replicated directory; an old replica does not make the gateway unready. Reports how
 * many graphs were not validated a second time; of those that were as a sample, `differed` should be 0.
 */
export async function readiness(
  { store, admission, configuration, network, secondValidations, world }: Gateway,
  context: Context,
  state: ConfigurationState,
): Promise<Response> {
  const ready = await store.ready().catch(() => false);
  const depth = ready ? await store.depth() : undefined;
  const waiting = depth?.waiting ?? 0;
  const { sources } = network.directory;
  const isReady = ready && waiting <= admission.waiting;
  const body = {
    status: isReady ? 'ready' : 'not-ready',
    store: ready ? 'writable' : 'unavailable',
    waiting,
    dead: depth?.dead ?? 0,
    configuration: { digest: configuration, ...state },
    ...(secondValidations ? { secondValidations } : {}),
    ...(sources.length > 0 ? { directories: sources.map((it) => ageOf(it, world.now())) } : {}),
  };
  return context.json(body, isReady ? 200 : 503);
}

const ageOf = ({ source, heardAt }: ReplicatedSource, now: Date) => ({
  source,
  ...(heardAt ? { heardAt, ageSeconds: Math.round((now.getTime() - Date.parse(heardAt)) / 1_000) } : {}),
});
