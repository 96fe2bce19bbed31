import { ownerOf } from '../exchange/memory/actors.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { watchDeliveries } from './dead-letter/watch.ts';
import { raiseOrdersWithoutTask } from './orders-without-task.ts';
import { raise } from './raise.ts';
import { silentTasks } from './silent-tasks.ts';
import { newWatchList, type WatchList } from './watch-list.ts';

/** Tasks by the deadline that passed, or passes within `soon` if nothing happens. */
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

/** Milliseconds: from the end of the day the night is seen. */
export const soon = 12 * 3_600_000;

type WatchOptions = {
  readonly list?: WatchList;
  readonly counted?: (counts: readonly TaskCount[]) => void;
  readonly isStopped?: () => boolean;
  readonly isHurried?: () => boolean;
};

/**
 * Raises the passed deadlines of every waiting Task, and the dead letters, that were not raised before. Returns their
 * number. `list`: what earlier runs of the same gateway found; without it every waiting Task is read. `counted` gets the Tasks
 * by deadline. `isStopped`: ends the run early.
 */
export async function watch(
  gateway: Gateway,
  { list = newWatchList(), counted, isStopped = () => false, isHurried = () => false }: WatchOptions = {},
): Promise<number> {
  let raised = await watchDeliveries(gateway);
  const now = gateway.world.now();
  const until = counted ? new Date(now.getTime() + soon) : now;
  const counts = new Map<string, { count: TaskCount; past: number; soon: number }>();
  for await (const silent of silentTasks(gateway, now, { list, until, isStopped, isHurried }))
    for (const deadline of silent.passed) {
      const isPast = deadline.due <= now;
      if (isPast && (await raise(gateway, silent, deadline))) raised++;
      const partner = ownerOf(gateway.network, silent.task);
      const count = {
        useCase: silent.useCase,
        rule: deadline.rule.id,
        effect: deadline.rule.does,
        ...(partner ? { partner } : {}),
        past: 0,
        soon: 0,
      };
      const name = `${count.useCase} ${count.rule} ${partner ?? ''}`;
      const found = counts.get(name) ?? { count, past: 0, soon: 0 };
      counts.set(name, found);
      found[isPast ? 'past' : 'soon'] += 1;
    }
  if (!isStopped()) counted?.([...counts.values()].map(({ count, past, soon }) => ({ ...count, past, soon })));
  return raised + (await raiseOrdersWithoutTask(gateway));
}
