import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { silentTasks } from './look.ts';
import { raise } from './raise.ts';

/** Looks at every Task that waits, and raises what is due and was not raised yet. Answers how much it raised. */
export async function watch(gateway: Gateway): Promise<number> {
  let raised = 0;
  for await (const silent of silentTasks(gateway, gateway.world.now()))
    for (const deadline of silent.passed) if (await raise(gateway, silent, deadline)) raised++;
  return raised;
}
