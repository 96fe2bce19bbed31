import { setTimeout as pauseFor } from 'node:timers/promises';
import { type Replaying, takeStep } from './step.ts';

/** Milliseconds: between two looks for a replay to do, and between two steps of one. */
const [every, pause] = [1_000, 20];
/** Milliseconds: a gateway that dies in the middle of a replay is followed by another after this time. */
const lease = 30_000;
/** Milliseconds that a replay rests while the outbox is long: what is new goes first. */
const rest = 500;

export type ReplayJob = { readonly stop: () => Promise<void> };

/** Does the replays that are running, one at a time, while no other gateway on the store does. */
export function startReplays({ gateway, mayStillSend }: Replaying, times: { readonly every?: number } = {}): ReplayJob {
  const holder = gateway.world.newId();
  const stopped = new AbortController();
  let running: Promise<void> | undefined;
  const look = (): void => {
    running ??= work()
      .catch((fault) => gateway.report(fault, 'replay'))
      .finally(() => {
        running = undefined;
      });
  };
  let held = false;
  const holds = async () => {
    held = await gateway.store.lease('replays', { holder, now: gateway.world.now(), milliseconds: lease });
    return held;
  };

  async function work(): Promise<void> {
    const open = (await gateway.store.replays()).filter(({ state }) => state === 'running').reverse();
    for (const { name } of open) {
      if (!(await holds())) return;
      for (let more = true; more && !stopped.signal.aborted; ) {
        const stored = await gateway.store.replay(name);
        if (stored?.state !== 'running' || !(await holds())) break;
        more = await takeStep({ gateway, mayStillSend }, stored);
        const { waiting } = await gateway.store.depth();
        const isLong = waiting > gateway.admission.waiting / 2;
        await pauseFor(isLong ? rest : pause, undefined, { ref: false, signal: stopped.signal }).catch(() => {});
      }
    }
  }

  const timer = setInterval(look, times.every ?? every);
  timer.unref();
  look();
  return {
    stop: async () => {
      clearInterval(timer);
      stopped.abort();
      await running;
      // another gateway goes on at once
      if (held) await gateway.store.lease('replays', { holder, now: gateway.world.now(), milliseconds: 0 });
    },
  };
}
