import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { locationOf, resourceOf, startGateway } from '../support/test-gateway.ts';
import { startMunicipality } from '../support/zgw/municipality.ts';
import { catalogue, socialRequest, statuses, withMunicipality } from '../support/zgw/network.ts';

const stores = {
  sqlite: (folder: string) => `sqlite:${join(folder, 'store.db')}`,
  postgres: () => emptyPostgres(),
};

test.each(Object.entries(stores))(
  'on %s, from the thread of deliveries too, a zaak is opened, and its status moves the Task',
  async (_, storeIn) => {
    const folder = await mkdtemp(join(tmpdir(), 'zgw-'));
    const municipality = await startMunicipality(catalogue);
    const referrer = await startSink();
    const port = await freePort();
    const gateway = await startGateway({
      port,
      deliverIn: 'thread',
      store: await storeIn(folder),
      addresses: { 'gp-de-linde': referrer.url },
      configure: withMunicipality(municipality, {}, port),
    });
    try {
      const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: socialRequest });
      expect(sent.status, sent.text).toBe(200);
      await gateway.running.delivery.idle();
      const [zaak] = municipality.zaken;
      municipality.setStatus(String(zaak?.url), statuses.accepted);
      expect(await municipality.notify(String(zaak?.url))).toEqual([204]);
      await gateway.running.delivery.idle();
      const task = await gateway.ask('GET', `/fhir/${locationOf(sent, 'Task')}`, { as: 'gp-de-linde' });
      expect(resourceOf<Task>(task).status).toBe('accepted');
      expect(municipality.violations).toEqual([]);
      // notified of everything, and more than once
      municipality.setStatus(String(zaak?.url), statuses.working);
      const before = municipality.exchanged.length;
      const burst = await Promise.all(Array.from({ length: 100 }, () => municipality.notify(String(zaak?.url))));
      municipality.setStatus(String(zaak?.url), statuses.closed);
      const more = await Promise.all(Array.from({ length: 100 }, () => municipality.notify(String(zaak?.url))));
      expect(new Set([...burst, ...more].flat())).toEqual(new Set([204]));
      await gateway.running.delivery.idle();
      const reads = municipality.exchanged
        .slice(before)
        .filter(
          ({ method, path }) =>
            method === 'GET' && path === new URL(String(zaak?.url)).pathname.replace(/^\/zaken\/api\/v1/, ''),
        );
      expect(reads.length).toBeGreaterThan(0);
      expect(reads.length).toBeLessThanOrEqual(20);
      const closed = await gateway.ask('GET', `/fhir/${locationOf(sent, 'Task')}`, { as: 'gp-de-linde' });
      expect(resourceOf<Task>(closed).status).toBe('completed');
    } finally {
      await gateway.stop();
      await municipality.close();
      await referrer.close();
      await rm(folder, { recursive: true });
    }
  },
  60_000,
);
