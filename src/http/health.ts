import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { ReplicatedSource } from '../routing/index.ts';

/** What stands between this gateway and the configuration set that it should decide by; nothing, mostly. */
export type ConfigurationState = {
  /** The set that was activated last and does not work here: the one before it still decides. */
  readonly refused?: string | undefined;
  /** The folders that this gateway was started with hold another set than the one that was activated. */
  readonly folders?: 'other' | undefined;
};

/**
 * `/readyz`: whether messages can be taken in now: the store can be written and the outbox is not overfull. Of each
 * directory that is replicated it tells the age: an old one is no reason to take nothing in.
 */
export async function readiness(
  { store, admission, configuration, network, world }: Gateway,
  context: Context,
  state: ConfigurationState,
): Promise<Response> {
  const ready = await store.ready().catch(() => false);
  const depth = ready ? await store.depth() : undefined;
  const waiting = depth?.waiting ?? 0;
  const { sources } = network.directory;
  const well = ready && waiting <= admission.waiting;
  const told = {
    status: well ? 'ready' : 'not-ready',
    store: ready ? 'writable' : 'unavailable',
    waiting,
    dead: depth?.dead ?? 0,
    configuration: { digest: configuration, ...state },
    ...(sources.length > 0 ? { directories: sources.map((it) => ageOf(it, world.now())) } : {}),
  };
  return context.json(told, well ? 200 : 503);
}

const ageOf = ({ source, heardAt }: ReplicatedSource, now: Date) => ({
  source,
  ...(heardAt ? { heardAt, ageSeconds: Math.round((now.getTime() - Date.parse(heardAt)) / 1_000) } : {}),
});
