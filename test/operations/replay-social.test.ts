import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { afterEach, expect, test } from 'vitest';
import type { Replay } from '../../src/operations/index.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { startGateway } from '../support/test-gateway.ts';

/** A request to the social domain, replayed as it is now: the same extract, by the decision of today. */
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const body = readFileSync(join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'));
const team = 'wijkteam-zonnerveen';

test('as it is now: the extract with its ids, and nothing after the Consent ended', async () => {
  const sink = await startSink();
  closing.push(() => sink.close());
  const referrer = await startSink();
  closing.push(() => referrer.close());
  const gateway = await startGateway({ addresses: { [team]: sink.url, 'gp-de-linde': referrer.url } });
  closing.push(() => gateway.stop());
  const replay = async (name: string): Promise<Replay> => {
    const wish = { name, as: 'now', reason: 'The team lost a day', filter: { recipients: [team] } };
    const options = { as: 'operator', body: JSON.stringify(wish), contentType: 'application/json' };
    expect((await gateway.ask('POST', '/admin/replays', options)).status).toBe(200);
    let now: Replay | undefined;
    await expect
      .poll(
        async () => {
          now = JSON.parse((await gateway.ask('GET', `/admin/replays/${name}`, { as: 'operator' })).text) as Replay;
          return now.state;
        },
        { timeout: 60_000, interval: 100 },
      )
      .toBe('done');
    return now!;
  };
  expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body })).status).toBe(200);
  await sink.until(1);
  await gateway.running.delivery.idle();
  expect((await replay('now')).counts).toEqual({ sent: 1 });
  await sink.until(2);
  const entries = (it: Bundle) =>
    it.entry!.map(({ fullUrl, request }) => `${fullUrl} ${request?.ifNoneExist ?? request?.url}`).sort();
  const [first, second] = sink.received.map(({ bundle }) => bundle as Bundle);
  expect(entries(second!)).toEqual(entries(first!));
  const text = JSON.stringify(second);
  expect(text).not.toMatch(/Somber|999901102|mental-wellbeing/);

  const found = await gateway.store.search('Consent', {
    criteria: [],
    sort: '_lastUpdated',
    count: 9,
  } as never);
  if (found.kind !== 'found') throw new Error('no Consent');
  for (const { text: consent } of found.resources) {
    const { id, meta, ...rest } = JSON.parse(consent) as { id: string; meta: { versionId: string } };
    const ended = await gateway.ask('PUT', `/fhir/Consent/${id}`, {
      as: 'gp-de-linde',
      body: JSON.stringify({ ...rest, id, status: 'inactive' }),
      headers: { 'if-match': `W/"${meta.versionId}"` },
    });
    expect(ended.status, ended.text).toBe(200);
  }
  await gateway.running.delivery.idle();
  const before = sink.received.length;
  // the request itself not; that its Task ended, reduced to what the team may read, is told again
  expect((await replay('after')).counts).toEqual({ 'consent-ended': 1, sent: 1 });
  await gateway.running.delivery.idle();
  const types = sink.received
    .slice(before)
    .flatMap(({ bundle }) => (bundle as Bundle).entry!.map((it) => it.resource!.resourceType));
  expect(new Set(types)).toEqual(new Set(['Task']));
}, 45_000);
