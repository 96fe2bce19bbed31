import type { DeliveryLine, DeliveryOptions, DeliverySettings } from '../../../src/delivery/settings.ts';
import { startDelivery } from '../../../src/delivery/worker.ts';
import type { Store } from '../../../src/store/port.ts';

/** Short pauses, so that a test that waits for a retry doesn't wait long. */
export const hasty: Partial<DeliverySettings> = { timeout: 30_000, pause: 5, maximumPause: 25, poll: 20, grace: 500 };

/** A worker with the addresses of the given receivers; they may change while it runs. */
export function deliverTo(
  store: Store,
  receivers: Readonly<Record<string, { readonly base: string } | undefined>>,
  { settings, ...more }: Partial<DeliveryOptions> = {},
) {
  const lines: DeliveryLine[] = [];
  const worker = startDelivery({
    store,
    address: (partner) => {
      const base = receivers[partner]?.base;
      return base === undefined ? undefined : { base, token: `token-for-${partner}` };
    },
    addressRules: () => undefined,
    world: { now: () => new Date(), newId: () => crypto.randomUUID() },
    chance: Math.random,
    log: (line) => lines.push(line),
    settings: { ...hasty, ...settings },
    ...more,
  });
  return { ...worker, lines };
}

export async function until(holds: () => boolean | Promise<boolean>, limit = 100_000): Promise<void> {
  const end = performance.now() + limit;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('the condition was not met');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
