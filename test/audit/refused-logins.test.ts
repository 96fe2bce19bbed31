import type { AuditEvent } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusedLogins } from '../../src/audit/refused-logins.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.stop();
});

const start = new Date('2026-11-30T12:00:00Z');
const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);
const countOf = ({ entity }: AuditEvent) => entity?.flatMap(({ detail }) => detail ?? [])[0]?.valueString;
const counter = () => {
  let id = 0;
  return refusedLogins({ newId: () => String(++id) });
};

test('a thousand requests with a wrong token add one audit event at once, and the count of the others later', async () => {
  for (let n = 0; n < 1_000; n++)
    expect((await gateway.ask('GET', '/fhir/Task', { token: `wrong-${n}` })).status).toBe(401);
  const events = async () => (await gateway.store.audit({ count: 500 })).items;
  // Two when a minute ends in between.
  expect((await events()).length).toBeLessThanOrEqual(3);
  const summed = gateway.running.gateway.refusedLogins.take(new Date(), 'all');
  const recorded = (await events()).filter(({ text }) => text.includes('login-unknown')).length;
  expect(summed.reduce((sum, it) => sum + Number(countOf(it)), recorded)).toBeGreaterThanOrEqual(1_000);
  expect(summed[0]).toMatchObject({ outcome: '4', outcomeDesc: 'login-unknown' });
});

test('addresses, reasons and minutes are counted apart', () => {
  const logins = counter();
  expect(logins.isFirst('192.0.2.1', 'login-unknown', start)).toBe(true);
  expect(logins.isFirst('192.0.2.1', 'login-unknown', after(1_000))).toBe(false);
  expect(logins.isFirst('192.0.2.1', 'login-expired', after(1_000))).toBe(true);
  expect(logins.isFirst('192.0.2.2', 'login-unknown', after(1_000))).toBe(true);
  expect(logins.take(after(59_000))).toEqual([]);
  expect(logins.isFirst('192.0.2.1', 'login-unknown', after(60_000))).toBe(true);
  const [event, ...others] = logins.take(after(61_000));
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    agent: [{ network: { address: '192.0.2.1' } }],
    period: { start: start.toISOString() },
    outcomeDesc: 'login-unknown',
  });
  expect(countOf(event!)).toBe('1');
  expect(logins.take(after(200_000), 'all')).toEqual([]);
});

test('memory is bounded however many addresses there are', () => {
  const logins = counter();
  let recorded = 0;
  for (let n = 0; n < 20_000; n++) if (logins.isFirst(`2001:db8::${n}`, 'login-unknown', start)) recorded++;
  expect(recorded).toBeLessThanOrEqual(1_001);
  const events = logins.take(after(1), 'all');
  expect(events.length).toBeLessThanOrEqual(1_001);
  expect(events.reduce((sum, it) => sum + Number(countOf(it)), recorded)).toBe(20_000);
});
