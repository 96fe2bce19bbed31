import type { NetworkSettings } from '../../src/directory/network.ts';
import { silent } from '../../src/main/log.ts';
import { openStore, run } from '../../src/main.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { asker, type TestGateway } from '../support/test-gateway.ts';
import type { Clock } from './play.ts';

/** The real gateway on the demo network, with a clock of its own, reporting over periods of this length. */
export async function startRegion(
  period: NetworkSettings['reports']['period'],
  begin: Date,
  address = 'sqlite::memory:',
): Promise<{ readonly gateway: TestGateway; readonly clock: Clock }> {
  const configured = await demoConfiguration();
  const store = await openStore(address);
  if (!store.ok) throw new Error(JSON.stringify(store.issues));
  let now = begin;
  const world = { ...configured.world, now: () => now };
  const { network } = configured;
  const settings = { ...network.settings, reports: { ...network.settings.reports, period } };
  const running = await run({ ...configured, world, network: { ...network, settings } }, store.value, {
    port: 0,
    log: silent,
    waiting: 10_000_000,
  });
  const url = `http://127.0.0.1:${running.port}`;
  return {
    gateway: { running, store: store.value, url, ask: asker(url), stop: running.stop },
    clock: (at) => {
      now = at;
    },
  };
}
