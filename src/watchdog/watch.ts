import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { watchDeliveries } from './dead-letter/watch.ts';
import { raiseOrdersWithoutTask } from './orders-without-task.ts';
import { raise } from './raise.ts';
import { silentTasks } from './silent-tasks.ts';

/**
 * Raises the passed deadlines of every waiting Task, and the dead letters, that were not raised before. Returns their
 * number.
 */
export async function watch(gateway: Gateway): Promise<number> {
  let raised = await watchDeliveries(gateway);
  for await (const silent of silentTasks(gateway, gateway.world.now()))
    for (const deadline of silent.passed) if (await raise(gateway, silent, deadline)) raised++;
  return raised + (await raiseOrdersWithoutTask(gateway));
}
