import { type Signer, signedHeadEvent, signHead } from '../audit/signed-head.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';

/** Milliseconds: from the start to the first check whether a signature is due, and between two checks. */
const [first, every] = [30_000, 60_000];

/**
 * Signs the head of the journal once in the time of the settings, and besides each time that it passed so many entries, as an
 * AuditEvent of the journal itself; of several gateways on the store one does. False when neither is due. An end that is cut off
 * without a trace is that after the last signature at most.
 */
export async function signJournal(
  { store, world, network }: Pick<Gateway, 'store' | 'world' | 'network'>,
  signer: Signer,
): Promise<boolean> {
  const now = world.now();
  const { signMinutes, signEntries } = network.settings.audit;
  const last = await store.journalHead();
  const due = [
    `sign-journal ${signMinutes} ${Math.floor(now.getTime() / (signMinutes * 60_000))}`,
    ...(last.entry >= signEntries
      ? [`sign-journal entries ${signEntries} ${Math.floor(last.entry / signEntries)}`]
      : []),
  ];
  const isDone = await Promise.all(due.map((it) => store.done(it)));
  const once = due.find((_, n) => !isDone[n]);
  if (once === undefined) return false;
  const head = signHead(last, signer, now);
  const event = signedHeadEvent(head, { id: world.newId(), network: network.settings.name });
  return (await store.commit({ now, once, audit: [event] })).kind === 'committed';
}

/** Signs as often as the settings say. Returns how to stop. */
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
