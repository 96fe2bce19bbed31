import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp, type GatewayInfo } from '../../src/app.ts';
import { success } from '../../src/fhir/result.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A fault below everything: no id can be drawn, so not even an audit event can be written. The client gets an answer. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const info: GatewayInfo = {
  version: '0',
  started: new Date(0),
  configuration: () => ({ refused: undefined, folders: undefined }),
  sets: { check: async () => success(undefined), follow: async () => {} },
  tokenEndpoint: { address: '', nonce: () => '', grant: async () => ({ kind: 'refused', issues: [] }) },
  people: {} as GatewayInfo['people'],
};

const id = '00000000-0000-4000-8000-000000000000';
const json = 'application/fhir+json';

const requests: readonly (readonly [string, string, RequestInit])[] = [
  ['a referral', '/fhir', { method: 'POST', body: referralText }],
  ['a dry run', '/fhir/$explain', { method: 'POST', body: referralText }],
  ['a move', `/fhir/Task/${id}`, { method: 'PATCH', body: '[]' }],
  ['a refused login', '/fhir', { method: 'POST', body: '{}', headers: { authorization: 'Bearer wrong' } }],
  ['a read', `/fhir/Task/${id}`, {}],
  ['a search', '/fhir/Task', {}],
  ['an unknown path', '/fhir/Nothing', {}],
];

test.each(requests)('%s gets an OperationOutcome when no id can be drawn', async (_, path, init) => {
  const before = gateway.running.gateway;
  const reported: string[] = [];
  const broken = {
    ...before,
    report: (_: unknown, where: string) => reported.push(where),
    world: {
      ...before.world,
      newId: () => {
        throw new Error('no entropy');
      },
    },
  };
  const answer = await createApp(broken, info).fetch(
    new Request(`http://localhost${path}`, {
      ...init,
      headers: {
        authorization: 'Bearer demo-gp-de-linde',
        'content-type': json,
        'x-request-id': id,
        ...init.headers,
      } as Record<string, string>,
    }),
  );
  const text = await answer.text();
  expect(answer.status, text).toBeGreaterThanOrEqual(400);
  const { resourceType, issue } = JSON.parse(text) as OperationOutcome;
  expect([resourceType, issue.length > 0]).toEqual(['OperationOutcome', true]);
  expect(text).not.toContain('entropy');
  expect(reported.length, 'its operator is notified').toBeGreaterThan(0);
});
