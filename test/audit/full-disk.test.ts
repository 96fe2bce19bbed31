import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvent } from '../../src/audit/event.ts';
import { openStore, type Running, run } from '../../src/main.ts';
import { holdAudit } from '../../src/store/held-audit.ts';
import type { AuditEvent, Store } from '../../src/store/port.ts';
import { StoreFault, withStoreFaults } from '../../src/store/store-fault.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { recordingLog, referralText } from '../support/exchange/example-referral.ts';
import { type Ask, asker, locationOf, rulesOf } from '../support/test-gateway.ts';

const writes: ReadonlySet<string | symbol> = new Set(['commit', 'appendAudit', 'heartbeat', 'claim']);

/** A store on a disk that can be filled: every write fails as SQLite's does (SQLITE_FULL). */
function onDisk(store: Store): { readonly store: Store; readonly disk: { full: boolean } } {
  const disk = { full: false };
  const fail = async () => {
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  };
  const wrapped = new Proxy(store, {
    get: (target, name) => (disk.full && writes.has(name) ? fail : Reflect.get(target, name)),
  });
  return { store: wrapped, disk };
}

let running: Running;
let disk: { full: boolean };
let store: Store;
let ask: Ask;
let task = '';
const { log, lines } = recordingLog();
beforeAll(async () => {
  const opened = await openStore('sqlite::memory:');
  if (!opened.ok) throw new Error('no store');
  ({ store, disk } = onDisk(opened.value));
  running = await run(await demoConfiguration(), store, { port: 0, log });
  ask = asker(`http://127.0.0.1:${running.port}`);
  const accepted = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  task = locationOf(accepted, 'Task')!;
});
afterAll(async () => {
  disk.full = false;
  await running.stop();
});

const reads = async (): Promise<AuditEvent[]> =>
  (await store.audit({ count: 500 })).items
    .map(({ text }) => JSON.parse(text) as AuditEvent)
    .filter(({ subtype }) => subtype?.[0]?.code === 'read');

test('on a full disk reads go on, writes are refused, and every read is in the audit trail when the disk has room', async () => {
  const before = (await reads()).length;
  disk.full = true;
  const read = (path: string) => ask('GET', path, { as: 'gp-de-linde' });
  for (let n = 0; n < 5; n++) expect((await read(`/fhir/${task}`)).status).toBe(200);
  for (const path of ['/fhir/Organization', '/fhir/metadata', '/healthz', '/fhir/Task'])
    expect((await read(path)).status, path).toBe(200);
  const refused = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  expect([refused.status, refused.headers['retry-after'], ...rulesOf(refused)]).toEqual([
    503,
    '10',
    'store-unavailable',
  ]);
  expect((await reads()).length).toBe(before);
  expect(lines.filter((line) => line.includes('"held"'))).toHaveLength(1);
  disk.full = false;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await read(`/fhir/${task}`);
  expect((await reads()).length).toBe(before + 6);
});

test('when no more audit events can wait, a read of a person is refused and a read of the directory is not', async () => {
  const filled = onDisk(running.gateway.store);
  filled.disk.full = true;
  const { store: held, flush } = holdAudit(withStoreFaults(filled.store), { now: () => new Date(), most: 2 });
  const event = { resourceType: 'AuditEvent' } as AuditEvent;
  await held.appendAudit([event]);
  await held.appendAudit([event]);
  await expect(held.appendAudit([event])).rejects.toBeInstanceOf(StoreFault);
  expect(await flush()).toBe(2);
  const { createApp } = await import('../../src/app.ts');
  const gateway = {
    ...running.gateway,
    store: new Proxy(running.gateway.store, {
      get: (it, name) => (name === 'appendAudit' ? held.appendAudit : Reflect.get(it, name)),
    }),
    report: () => {},
  };
  const app = createApp(gateway, { version: '0', started: new Date(0) } as never);
  const headers = { authorization: 'Bearer demo-gp-de-linde' };
  expect((await app.request(`/fhir/${task}`, { headers })).status).toBe(503);
  expect((await app.request('/fhir/Organization', { headers })).status).toBe(200);
  filled.disk.full = false;
  expect(await flush()).toBe(0);
});

test('a store that fails for another reason than room still refuses the read', async () => {
  const broken = new Proxy(store, {
    get: (target, name) =>
      name === 'appendAudit' ? () => Promise.reject(new Error('closed')) : Reflect.get(target, name),
  });
  const { store: held } = holdAudit(withStoreFaults(broken), { now: () => new Date() });
  await expect(held.appendAudit([])).rejects.toBeInstanceOf(StoreFault);
});

test('while the database is away, refusals wait for it as on a full disk', async () => {
  let isAway = true;
  const reported: string[] = [];
  const away = new Proxy(store, {
    get: (target, name) =>
      name === 'appendAudit' && isAway
        ? async () => {
            throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
          }
        : Reflect.get(target, name),
  });
  const { store: held, flush } = holdAudit(withStoreFaults(away), {
    now: () => new Date(),
    report: (state) => reported.push(state),
  });
  const event = auditEvent({
    id: crypto.randomUUID(),
    at: new Date(),
    action: 'E',
    interaction: 'refused-while-away',
    outcome: 'refused',
    codes: [],
  });
  await held.appendAudit([event]);
  expect([await flush(), ...reported]).toEqual([1, 'away']);
  isAway = false;
  expect([await flush(), ...reported]).toEqual([0, 'away', 'written']);
  expect((await store.audit({ count: 500 })).items.some(({ text }) => text.includes('refused-while-away'))).toBe(true);
});
