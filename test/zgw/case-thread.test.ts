import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, resourceOf, startGateway } from '../support/test-gateway.ts';
import { startMunicipality } from '../support/zgw/municipality.ts';
import { catalogue, socialRequest, statuses, withMunicipality } from '../support/zgw/network.ts';

test('from the thread of deliveries too a zaak is opened, and its status moves the Task', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zgw-'));
  const municipality = await startMunicipality(catalogue);
  const referrer = await startSink();
  const port = await freePort();
  const gateway = await startGateway({
    port,
    deliverIn: 'thread',
    store: `sqlite:${join(folder, 'store.db')}`,
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
  } finally {
    await gateway.stop();
    await municipality.close();
    await referrer.close();
    await rm(folder, { recursive: true });
  }
});
