import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { deliveryFailed } from '../../workflow/index.ts';
import { raiseDeadLetter } from './raise.ts';
import { restore } from './restore.ts';

const pageSize = 200;

/**
 * Raises the dead letters that were not raised before, and restores Tasks whose deliveries arrived after all. Both
 * depend on the store alone: after a crash, or at another gateway, the next run finds them. Returns how many it raised.
 */
export async function watchDeliveries(gateway: Gateway): Promise<number> {
  const raised = await raiseAll(gateway);
  await restoreAll(gateway);
  return raised;
}

async function raiseAll(gateway: Gateway): Promise<number> {
  let raised = 0;
  let cursor: string | undefined;
  do {
    const query = { state: 'dead', count: pageSize, ...(cursor ? { cursor } : {}) } as const;
    const { items, next } = await gateway.store.undelivered(query);
    for (const letter of items) if (await raiseDeadLetter(gateway, letter)) raised++;
    cursor = next;
    await new Promise((resolve) => setImmediate(resolve));
  } while (cursor);
  return raised;
}

async function restoreAll(gateway: Gateway): Promise<void> {
  let cursor: string | undefined;
  do {
    const found = await gateway.store.search('Task', {
      criteria: [{ name: 'business-status', values: [deliveryFailed] }],
      sort: '_lastUpdated',
      count: pageSize,
      ...(cursor ? { cursor } : {}),
    });
    if (found.kind !== 'found') throw new Error('the store cannot search Tasks by business status');
    for (const stored of found.resources) await restore(gateway, stored);
    cursor = found.next;
  } while (cursor);
}
