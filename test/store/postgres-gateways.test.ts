import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connect } from '../../src/store/postgres/driver.ts';
import { audit } from '../../src/store/sql/read/audit.ts';
import { person } from '../support/exchange/example-referral.ts';
import { isLong } from '../support/long.ts';
import { subscriptionRequest } from '../support/notification/subscription.ts';
import { random } from '../support/random.ts';
import { networkAt, startGatewayProcess } from '../support/servers/gateway-process.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { drained, expectNothingLost, rowsOf } from '../support/store/accounting.ts';
import { emptyLoad, load } from '../support/store/load-on-gateways.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { verified } from '../support/store/tampering.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-gateways-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seeds = isLong ? [1, 2, 3, 4, 5] : [1];
const count = isLong ? 300 : 80;

/** A watchdog and heartbeats at each second. */
const hasty = (text: string) =>
  `${text}\nnotifications: { heartbeat: { minimum: 1 } }\n`.replace(/^ {2}every: 60$/m, '  every: 1');

test.each(seeds)(
  'two gateways on one database, one killed under load: nothing is lost, doubled or out of order (seed %i)',
  async (seed) => {
    const chance = random(seed);
    const sink = await startSink();
    const network = networkAt(join(folder, String(seed)), sink.url, hasty);
    const url = await emptyPostgres();
    const rows = rowsOf(url);
    const [a, b] = await Promise.all([startGatewayProcess(network, url), startGatewayProcess(network, url)]);
    const asked = await a.ask('POST', '/fhir/Subscription', {
      as: 'registration-team',
      body: JSON.stringify(subscriptionRequest({ endpoint: sink.url, heartbeat: 1 })),
    });
    expect(asked.status, asked.text).toBe(201);
    await expect.poll(() => rows('select status from @subscription')).toEqual([{ status: 'active' }]);

    const seen = emptyLoad();
    const killAt = 10 + chance.int(count / 2);
    const killed = (async () => {
      await expect.poll(() => seen.acknowledged.length).toBeGreaterThanOrEqual(killAt);
      await a.kill('SIGKILL');
      return rows('select id from @recipient where worker is not null');
    })();
    await load([a.ask, b.ask], { count, clients: 12, chance, into: seen });
    const claimed = await killed;
    await drained(url);
    const beats = async () =>
      Number((await rows(`select count(*) as n from @dispatch where head like '%"kind":"heartbeat"%'`))[0]?.n);
    const before = await beats();
    await expect.poll(beats).toBeGreaterThan(before + 1);
    await drained(url);
    await b.kill('SIGTERM');

    expect(seen.unanswered, 'the kill was felt').toBeGreaterThan(0);
    expect(seen.acknowledged.length).toBe(count);
    const { dispatches, repeated } = await expectNothingLost(url, sink, seen);

    const journal = await connect(url, { notify: false });
    expect((await verified(journal.read)).codes).toEqual([]);
    for (const requestId of [...seen.acknowledged.map((it) => it.requestId), ...seen.moved]) {
      const { items } = await audit(journal.read, { requestId, count: 50 });
      expect(items.length, `audit events of ${requestId}`).toBeGreaterThan(0);
    }
    await journal.close();
    const formats = await rows(
      "select distinct encode(substr(payload, 1, 1), 'hex') as format from @entry where payload is not null",
    );
    expect(formats, 'a demo stores nothing in clear').toEqual([{ format: '02' }]);

    const events = (await rows('select number from @subscription_event order by number')).map((it) =>
      Number(it.number),
    );
    expect(events, 'no gap and no duplicate').toEqual(Array.from({ length: events.length }, (_, n) => n + 1));
    expect(events.length).toBeGreaterThanOrEqual(count);
    expect(await rows('select events from @subscription')).toEqual([{ events: String(events.length) }]);
    const notified = dispatches.filter(({ of }) => of.kind === 'event-notification');
    expect(notified.length, 'each event is announced once').toBe(events.length);

    // each deadline is raised once, by whichever gateway, and heartbeats come no more often than agreed
    const raised = await rows("select name from @once where name like 'watchdog urgent-arrived %'");
    const alerts = dispatches.filter(({ of }) => of.kind === 'alert');
    const textOf = new Map(sink.received.map(({ requestId, text }) => [requestId, text]));
    expect(raised.length).toBeGreaterThan(0);
    expect(alerts.length).toBe(raised.length);
    for (const { name } of raised) {
      const task = /Task\/\S+/.exec(String(name))![0];
      expect(alerts.filter(({ of }) => textOf.get(of.requestId)?.includes(task)).length, task).toBe(1);
    }
    const heard = dispatches.filter(({ of }) => of.kind === 'heartbeat').map((it) => Number(it.created_at));
    for (const [n, at] of heard.entries()) if (n) expect(at - heard[n - 1]!).toBeGreaterThanOrEqual(1_000);
    for (const { output } of [a, b]) expect(output()).not.toMatch(person);
    console.log(
      `seed ${seed}: ${count} referrals and ${count} moves acknowledged, one gateway killed after ${killAt} with ` +
        `${claimed.length} recipients claimed; ${dispatches.length} deliveries in ${sink.received.length} requests, ` +
        `${repeated} repeated since they were not recorded; ${events.length} events, ${alerts.length} alerts, ` +
        `${heard.length} heartbeats`,
    );
    await sink.close();
  },
  600_000,
);
