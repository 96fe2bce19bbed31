import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { watchDeliveries } from './dead-letter/watch.ts';
import { raiseOrdersWithoutTask } from './orders-without-task.ts';
import { raise } from './raise.ts';
import { silentTasks } from './silent-tasks.ts';
import { newWatchList, type WatchList } from './watch-list.ts';

/**
 * Raises the passed deadlines of every waiting Task, and the dead letters, that were not raised before. Returns their
 * number. `list`: what earlier runs of the same gateway found; without it every waiting Task is read.
 */
export async function watch(
  gateway: Gateway,
  list: WatchList = newWatchList(),
  isStopped = () => false,
): Promise<number> {
  let raised = await watchDeliveries(gateway);
  for await (const silent of silentTasks(gateway, gateway.world.now(), { list, isStopped }))
    for (const deadline of silent.passed) if (await raise(gateway, silent, deadline)) raised++;
  return raised + (await raiseOrdersWithoutTask(gateway));
}
