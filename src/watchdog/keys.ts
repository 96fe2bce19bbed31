import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Store } from '../store/port.ts';

/** Milliseconds: from the start to the first run, between two runs, and between two steps. */
const [first, every, pause] = [30_000, 3_600_000, 50];
const lease = 600_000;

export type KeyWork = { readonly rewrapped: boolean; readonly encrypted: boolean };

/** What is left to do: data keys under another key than the current one, texts in clear. */
export async function keyWorkOf(store: Pick<Store, 'keyStatus'>): Promise<KeyWork> {
  const { current, wrapped, inClear } = await store.keyStatus();
  return {
    rewrapped: current !== undefined && wrapped.some(({ kid }) => kid !== current),
    encrypted: current !== undefined && inClear > 0,
  };
}

/** Takes the steps of a job from the beginning, until it is done or `isStopped`. */
export async function stepByStep(
  step: (from: number) => Promise<number | undefined>,
  isStopped: () => boolean | Promise<boolean> = () => false,
): Promise<void> {
  for (let from: number | undefined = 0; from !== undefined && !(await isStopped()); ) {
    from = await step(from);
    await pauseFor(pause, undefined, { ref: false }); // others write meanwhile
  }
}

/** Wraps data keys under the current key and encrypts texts in clear, in the background, on one gateway at a time. */
export async function runKeyWork(
  { store, world }: Pick<Gateway, 'store' | 'world'>,
  holder: string,
  isStopped: () => boolean = () => false,
): Promise<KeyWork | undefined> {
  const work = await keyWorkOf(store);
  if (!work.rewrapped && !work.encrypted) return undefined;
  const holds = () => store.lease('keys', { holder, now: world.now(), milliseconds: lease });
  if (!(await holds())) return undefined;
  const mustStop = async () => isStopped() || !(await holds());
  if (work.encrypted) await stepByStep(store.encryptTexts, mustStop);
  if (work.rewrapped) await stepByStep(store.rewrapKeys, mustStop);
  return work;
}

/** Runs after the start and every hour. Returns how to stop, after the step that is taken. */
export function startKeyWork(gateway: Gateway, log: (because: string) => void): () => Promise<void> {
  const holder = gateway.world.newId();
  let stopped = false;
  let running: Promise<void> | undefined;
  const start = () => {
    running ??= runKeyWork(gateway, holder, () => stopped)
      .then((work) => {
        if (work?.rewrapped) log('the data keys of persons are under the current key');
        if (work?.encrypted) log('texts of an earlier release are encrypted');
      })
      .catch((fault) => gateway.report(fault, 'keys'))
      .finally(() => {
        running = undefined;
      });
  };
  const timers = [setTimeout(start, first).unref(), setInterval(start, every).unref()];
  return async () => {
    stopped = true;
    for (const timer of timers) clearTimeout(timer);
    await running;
  };
}
