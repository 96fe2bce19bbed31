import { ownerOf } from '../exchange/memory/actors.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { silentTasks } from './silent-tasks.ts';

/** Tasks by the deadline that passed, or passes soon if nothing happens. */
export type TaskCount = {
  readonly useCase: string;
  /** Id of the rule in network.yaml. */
  readonly rule: string;
  /** What the rule does: `remind`, `alert`, `escalate`. */
  readonly effect: string;
  /** Partner of the owner; absent when its owner has none. */
  readonly partner?: string;
  readonly past: number;
  readonly soon: number;
};

/** Gets what each count found; nothing while another gateway has the turn. */
export type Counted = (counts: readonly TaskCount[] | undefined) => void;

/** Milliseconds: from the end of a day its night is seen. */
const soon = 12 * 3_600_000;
/** A count reads every waiting Task: it takes at most this part of the time. */
const share = 1 / 50;

/** Counts when it is called, unless the last count was too short ago for what it took. */
export function taskCounter(
  gateway: Pick<Gateway, 'store' | 'network' | 'world'>,
  counted: Counted,
): (isStopped: () => boolean) => Promise<void> {
  let notBefore = Number.NEGATIVE_INFINITY;
  return async (isStopped) => {
    const since = gateway.world.now();
    if (since.getTime() < notBefore) return;
    const counts = await countTasks(gateway, since, isStopped);
    const end = gateway.world.now().getTime();
    notBefore = end + (end - since.getTime()) / share;
    if (!isStopped()) counted(counts);
  };
}

async function countTasks(
  gateway: Pick<Gateway, 'store' | 'network'>,
  now: Date,
  isStopped: () => boolean,
): Promise<readonly TaskCount[]> {
  const counts = new Map<string, { count: TaskCount; past: number; soon: number }>();
  const until = new Date(now.getTime() + soon);
  for await (const { task, useCase, passed } of silentTasks(gateway, now, { until, isStopped }))
    for (const { rule, due } of passed) {
      const partner = ownerOf(gateway.network, task);
      const count = { useCase, rule: rule.id, effect: rule.does, ...(partner ? { partner } : {}), past: 0, soon: 0 };
      const name = `${useCase} ${rule.id} ${partner ?? ''}`;
      const found = counts.get(name) ?? { count, past: 0, soon: 0 };
      counts.set(name, found);
      found[due <= now ? 'past' : 'soon'] += 1;
    }
  return [...counts.values()].map(({ count, past, soon: later }) => ({ ...count, past, soon: later }));
}
