/** A gateway for the benchmark in a process of its own: `full`, or the null pipeline that only parses, stores and delivers. */

import { randomUUID } from 'node:crypto';
import type { Bundle } from '@medplum/fhirtypes';
import { Hono } from 'hono';
import { transactionOf } from '../../src/delivery/transaction.ts';
import { startDelivery } from '../../src/delivery/worker.ts';
import { resourcesOf } from '../../src/fhir/graph.ts';
import { parseJson, writeJson } from '../../src/fhir/json.ts';
import { listen } from '../../src/main/listen.ts';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, run, world } from '../../src/main.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

const [kind, sink = '', file = ''] = process.argv.slice(2);
const port = kind === 'full' ? await full() : await nullPipeline();
process.stdout.write(`port ${port}\n`);

async function full(): Promise<number> {
  const partners = ['gp-de-linde', 'registration-team'];
  const deciding = await openConfiguration({
    network: demoNetwork,
    addresses: Object.fromEntries(partners.map((id) => [id, sink])),
  });
  if (!deciding.ok) throw new Error(JSON.stringify(deciding.issues));
  return (await run(deciding.value, await openSqliteStore(file), { port: 0, log: silent })).port;
}

/** No validation, no mapping, no routing, no disclosure: what the rest costs. The same store, channel and two deliveries. */
async function nullPipeline(): Promise<number> {
  const store = await openSqliteStore(file);
  startDelivery({ store, world, chance: Math.random, address: () => ({ base: sink }), log: () => {} });
  const app = new Hono();
  app.post('/fhir', async (context) => {
    const body = new Uint8Array(await context.req.arrayBuffer());
    const bundle = parseJson(new TextDecoder().decode(body)) as Bundle;
    for (const { resource } of bundle.entry ?? []) if (resource) resource.id = randomUUID();
    const resources = resourcesOf(bundle);
    const [id, traceId] = [randomUUID(), randomUUID()];
    const dispatch = (recipient: string, some: typeof resources) => ({
      id: randomUUID(),
      recipient,
      channel: 'fhir-rest' as const,
      kind: 'referral',
      body: writeJson(transactionOf(some, { base: 'http://localhost:8080/fhir' })),
      contentType: 'application/fhir+json',
      messageId: id,
      requestId: randomUUID(),
      traceId,
    });
    await store.commit({
      now: world.now(),
      message: {
        id,
        partner: 'gp-de-linde',
        requestId: context.req.header('x-request-id') ?? '',
        traceId,
        bodyDigest: '',
        contentType: 'application/fhir+json',
        body,
        receivedAt: world.now(),
        configuration: '',
        answer: { status: 200, contentType: '', body: '' },
        messageLog: '{}',
      },
      changes: resources.map((resource) => ({
        resource,
        expect: 'new',
        readers: ['gp-de-linde', 'registration-team'],
      })),
      dispatches: [
        dispatch('registration-team', resources),
        dispatch(
          'gp-de-linde',
          resources.filter(({ resourceType }) => resourceType === 'Task'),
        ),
      ],
    });
    return context.json({ resourceType: 'Bundle', type: 'transaction-response' });
  });
  return (await listen(app, 0)).port;
}
