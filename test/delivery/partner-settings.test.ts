import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pauseAfter } from '../../src/delivery/backoff.ts';
import { issueOfReason } from '../../src/delivery/reason.ts';
import { defaults } from '../../src/delivery/settings.ts';
import { deliveryOf } from '../../src/directory/load/delivery-file.ts';
import { endOfMaintenance } from '../../src/directory/maintenance.ts';
import { deliveringBy, type Standing } from '../../src/main/delivery/standing.ts';
import { requireDropFolders } from '../../src/main/drop-folders.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mails, rigs } from '../support/delivery/channel-rigs.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';
import { locationOf, startGateway } from '../support/test-gateway.ts';

/** How one partner is delivered to: channel, retries, windows. */
const hour = 3_600_000;

test('a retry schedule is a list up to days: each pause about as long as it says, the last one from then on', () => {
  const { schedule } = deliveryOf({ 'retry-after': ['10s', '5m', '6h', '2d'] });
  const settings = { ...defaults, schedule: schedule! };
  for (const luck of [0, 0.5, 0.999]) {
    const pauses = [1, 2, 3, 4, 5, 500].map((failures) => pauseAfter(failures, settings, () => luck) / 1_000);
    for (const [n, wanted] of [10, 300, 6 * 3_600, 2 * 86_400, 2 * 86_400, 2 * 86_400].entries()) {
      expect(pauses[n]).toBeGreaterThanOrEqual(wanted * 0.9);
      expect(pauses[n]).toBeLessThanOrEqual(wanted * 1.1 + 0.001);
    }
  }
  expect(pauseAfter(1, settings, () => 0, 90_000)).toBe(90_000);
});

test('a maintenance window is in the time zone of the network, also over midnight, a weekend and a change of the clock', () => {
  const { maintenance = [] } = deliveryOf({
    maintenance: [
      { days: ['sat'], from: '22:00', to: '06:00' },
      { days: ['tue', 'wed'], from: '12:00', to: '13:30' },
    ],
  });
  const ends = (now: string) => endOfMaintenance(maintenance, 'Europe/Amsterdam', new Date(now))?.toISOString();
  // Saturday 28 November 2026, 23:15 in Amsterdam, to Sunday 06:00
  expect(ends('2026-11-28T22:15:20Z')).toBe('2026-11-29T05:00:00.000Z');
  expect(ends('2026-11-29T04:59:59Z')).toBe('2026-11-29T05:00:00.000Z');
  expect(ends('2026-11-29T05:00:00Z')).toBeUndefined();
  expect(ends('2026-11-28T20:59:59Z')).toBeUndefined();
  expect(ends('2026-12-01T11:00:00Z')).toBe('2026-12-01T12:30:00.000Z');
  expect(ends('2026-12-03T11:30:00Z')).toBeUndefined();
  // summer time
  expect(ends('2026-07-01T10:00:00Z')).toBe('2026-07-01T11:30:00.000Z');
  expect(endOfMaintenance([], 'Europe/Amsterdam', new Date())).toBeUndefined();
});

test('what a partner has of its own takes precedence, and a partner without it has that of the network', () => {
  const rules = { plainHttp: new Set<string>(), named: [], loopback: false };
  const delivery = deliveryOf({
    'timeout-seconds': 120,
    'retry-after': ['1h'],
    'give-up-after': '9d',
    maintenance: [{ days: ['sat'], from: '00:00', to: '23:59' }],
  });
  const addresses = [{ url: 'https://partner.example/fhir' }];
  const standing: Standing = {
    addressRules: rules,
    timezone: 'UTC',
    partners: new Map([
      ['slow', { name: 'Slow', addresses, delivery }],
      ['other', { name: 'Other', addresses }],
    ]),
  };
  const by = deliveringBy(() => standing, { now: () => new Date('2026-11-28T12:00:00Z'), newId: () => '1' });
  expect(by.address('slow', {} as never)).toEqual({ base: 'https://partner.example/fhir', timeout: 120_000 });
  expect(by.inForce?.('slow')).toEqual({ schedule: [hour], maximumAge: 9 * 24 * hour });
  expect(by.awayUntil?.('slow')?.toISOString()).toBe('2026-11-28T23:59:00.000Z');
  expect([by.inForce?.('other'), by.awayUntil?.('other')]).toEqual([{}, undefined]);
  expect(issueOfReason('receiver-maintenance')?.severity).toBe('warning');
});

test('nothing is sent in a maintenance window, and everything when it ends', async () => {
  const receiver = await openReceiver();
  const store = await openSqliteStore(':memory:');
  let ends: Date | undefined = new Date(Date.now() + 24 * hour);
  await store.commit({ now: new Date(), dispatches: [dispatch('d1', 'a')] });
  const settings = { maximumRetryAfter: 20 };
  const worker = deliverTo(store, { a: receiver }, { awayUntil: () => ends, settings });
  await until(() => worker.lines.length > 2);
  expect(worker.lines.every(({ because }) => because === 'receiver-maintenance')).toBe(true);
  expect(receiver.arrivals).toEqual([]);
  ends = undefined;
  await worker.idle();
  expect(receiver.stored).toEqual(['d1']);
  await worker.stop();
  await store.close();
  await receiver.close();
});

test('a drop folder that does not exist stops the start, with the partner that it is for', () => {
  const partner = { destination: { kind: 'file', folder: '/no/such/folder' } } as never;
  expect(() =>
    requireDropFolders({ partners: new Map([['wijkteam', { ...(partner as object), id: 'wijkteam' } as never]]) }),
  ).toThrow('/no/such/folder (partner wijkteam)');
});

test('a request in a drop folder, its referrer notified by mail without content', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drop-'));
  const mailbox = await rigs.mail();
  const gateway = await startGateway({
    configure: (it) => {
      const partners = new Map(it.network.partners);
      const file = { kind: 'file', folder } as const;
      partners.set('wijkteam-zonnerveen', {
        ...partners.get('wijkteam-zonnerveen')!,
        channel: 'file',
        destination: file,
      });
      const { destination } = mailbox.address;
      partners.set('gp-de-linde', { ...partners.get('gp-de-linde')!, channel: 'mail', destination: destination! });
      return { ...it, network: { ...it.network, partners } };
    },
  });
  try {
    const body = readFileSync(join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'));
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    expect(sent.status, sent.text).toBe(200);
    await gateway.running.delivery.idle();
    const [name = '', ...others] = await readdir(folder);
    expect(others).toEqual([]);
    const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { resourceType: string }).resourceType)).toEqual([
      'Patient',
      'ServiceRequest',
      'Task',
    ]);
    expect(lines.join()).not.toMatch(/Somber|999901102|mental-wellbeing/);
    const before = mails.length;
    const accepted = await gateway.ask('PATCH', `/fhir/${locationOf(sent, 'Task')}`, {
      as: 'wijkteam-zonnerveen',
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
    });
    expect(accepted.status, accepted.text).toBe(200);
    await gateway.running.delivery.idle();
    // one mail, although there are a status and a feedback to read
    expect(mails.length).toBe(before + 1);
    expect(mails.at(-1)).not.toMatch(/Proefpersoon|Testa|Wijkteam|Task/);
  } finally {
    await gateway.stop();
    await mailbox.close();
    await rm(folder, { recursive: true });
  }
});
