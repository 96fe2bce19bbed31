import { randomUUID } from 'node:crypto';
import type { Bundle } from '@medplum/fhirtypes';
import { Hono } from 'hono';
import { transactionOf } from '../../../src/delivery/transaction.ts';
import { resourcesOf } from '../../../src/fhir/graph.ts';
import { parseJson, writeJson } from '../../../src/fhir/json.ts';
import { openDeliveryThread } from '../../../src/main/delivery/open-thread.ts';
import { listen } from '../../../src/main/listen.ts';
import { world } from '../../../src/main.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';

/** No validation, no mapping, no routing, no disclosure: what the rest costs. The same store, channel and two deliveries. */
export async function nullPipeline(sink: string, file: string): Promise<{ port: number; stop: () => Promise<void> }> {
  const store = await openSqliteStore(file);
  const partner = (name: string) => [name, { name, addresses: [{ url: sink }] }] as const;
  const delivery = await openDeliveryThread({
    link: store.link!(),
    standing: {
      addressRules: { plainHttp: new Set<string>(), named: [], loopback: true },
      partners: new Map(['registration-team', 'gp-de-linde'].map(partner)),
    },
    log: () => {},
    died: (why) => {
      throw why;
    },
  });
  const app = new Hono();
  app.post('/fhir', async (context) => {
    const body = new Uint8Array(await context.req.arrayBuffer());
    const bundle = parseJson(new TextDecoder().decode(body)) as Bundle;
    for (const { resource } of bundle.entry ?? []) if (resource) resource.id = world.newId();
    const resources = resourcesOf(bundle);
    const [id, traceId] = [world.newId(), randomUUID()];
    const dispatch = (recipient: string, some: typeof resources) => ({
      id: world.newId(),
      recipient,
      channel: 'fhir-rest' as const,
      kind: 'referral',
      body: writeJson(transactionOf(some, { base: 'http://localhost:8080/fhir' })),
      contentType: 'application/fhir+json',
      messageId: id,
      requestId: world.newId(),
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
  const listening = await listen(app, 0);
  return {
    port: listening.port,
    stop: async () => {
      await listening.close();
      await delivery.stop();
      await store.close();
    },
  };
}
