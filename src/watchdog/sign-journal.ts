import { type Signer, signedHeadEvent, signHead } from '../audit/signed-head.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';

/** Milliseconds: from the start to the first check whether the day has its signature, and between two checks. */
const [first, every] = [30_000, 600_000];

/**
 * Signs the head of the journal once a day (UTC), as an AuditEvent of the journal itself; of several gateways on the store
 * one does. False when the day has its signature.
 */
export async function signJournal(
  { store, world, network }: Pick<Gateway, 'store' | 'world' | 'network'>,
  signer: Signer,
): Promise<boolean> {
  const now = world.now();
  const once = `sign-journal ${now.toISOString().slice(0, 10)}`;
  if (await store.done(once)) return false;
  const head = signHead(await store.journalHead(), signer, now);
  const event = signedHeadEvent(head, { id: world.newId(), network: network.settings.name });
  return (await store.commit({ now, once, audit: [event] })).kind === 'committed';
}

/** Signs once a day. Returns how to stop. */
export function startSigning(gateway: Gateway, signer: Signer): () => Promise<void> {
  let running: Promise<unknown> | undefined;
  const start = () => {
    running ??= signJournal(gateway, signer)
      .catch((fault) => gateway.report(fault, 'sign-journal'))
      .finally(() => {
        running = undefined;
      });
  };
  const timers = [setTimeout(start, first).unref(), setInterval(start, every).unref()];
  return async () => {
    for (const timer of timers) clearTimeout(timer);
    await running;
  };
}
