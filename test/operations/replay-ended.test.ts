import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Consent } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { besideStore, generateKeys } from '../../src/main/key-ring.ts';
import type { Replay } from '../../src/operations/index.ts';
import { mgn } from '../support/cli/mgn.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/**
 * What was sent while it might be is not sent again after the ground for it ended: as it ran, made anew, by the operator, or by a
 * partner for itself.
 */
const parties = ['registration-team', 'wijkteam-zonnerveen', 'keerpunt-verslavingszorg'] as const;
type Party = (typeof parties)[number];
let gateway: TestGateway;
let address: string;
let folder: string;
const sinks = new Map<Party, Sink>();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-replay-ended-'));
  address = `sqlite:${join(folder, 'gateway.db')}`;
  generateKeys(besideStore(address)!);
  for (const it of parties) sinks.set(it, await startSink());
  const addresses = Object.fromEntries([...sinks].map(([it, { url }]) => [it, url]));
  gateway = await startGateway({ store: address, addresses });
});
afterEach(async () => {
  await gateway.stop();
  for (const it of sinks.values()) await it.close();
  rmSync(folder, { recursive: true, force: true });
});

const words = 'Woorden over de persoon';
const content = new RegExp(`${words}|Proefpersoon|Testpersoon|9999\\d{5}|"Patient"`);
const example = (name: string): Bundle =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8')) as Bundle;
const withWords = (it: Bundle): Bundle => {
  for (const { resource } of it.entry ?? [])
    if (resource?.resourceType === 'ServiceRequest') resource.note = [{ text: words }];
  return it;
};

const gp = () => partnerAt(gateway, 'gp-de-linde');
const allSent = (party: Party) =>
  expect
    .poll(async () => (await gateway.store.depth()).recipients.some(({ recipient }) => recipient === party), {
      timeout: 30_000,
    })
    .toBe(false);

/** Replays everything to this party in every way, and returns what then arrived. */
async function replayed(party: Party, expectCounts?: object): Promise<readonly string[]> {
  await allSent(party);
  const sink = sinks.get(party)!;
  const before = sink.received.length;
  for (const as of ['ran', 'now']) {
    const body = {
      name: `again-${as}`,
      reason: 'The system of the receiver was restored',
      as,
      filter: { recipients: [party] },
    };
    const started = await gateway.ask('POST', '/admin/replays', {
      as: 'operator',
      body: JSON.stringify(body),
      contentType: 'application/json',
    });
    expect(started.status, started.text).toBe(200);
    const state = async () =>
      JSON.parse((await gateway.ask('GET', `/admin/replays/${body.name}`, { as: 'operator' })).text) as Replay;
    await expect.poll(async () => (await state()).state, { timeout: 30_000 }).toBe('done');
    if (expectCounts && as === 'ran') expect((await state()).counts).toMatchObject(expectCounts);
    await allSent(party);
  }
  const own = await gateway.ask('POST', '/partner/failures/$replay', {
    as: party,
    body: '{"since":"2020-01-01T00:00:00Z"}',
    contentType: 'application/json',
  });
  expect(own.status, own.text).toBe(200);
  const { name } = JSON.parse(own.text) as Replay;
  await expect
    .poll(async () => JSON.parse((await gateway.ask('GET', `/partner/replays/${name}`, { as: party })).text).state, {
      timeout: 30_000,
    })
    .toBe('done');
  await allSent(party);
  return sink.received.slice(before).map(({ text }) => text);
}

const withContent = (texts: readonly string[]): readonly string[] => texts.filter((it) => content.test(it));

async function referred() {
  const sent = await gp().post('', withWords(referral()));
  expect(sent.status, sent.text).toBe(200);
  const sink = sinks.get('registration-team')!;
  await sink.until(1);
  expect(withContent(sink.received.map(({ text }) => text))).toHaveLength(1);
  return { task: locationOf(sent, 'Task')!, order: locationOf(sent, 'ServiceRequest')! };
}

describe('a referral', () => {
  test('is sent again while its owner may read it: the measure of the others', async () => {
    await referred();
    expect(withContent(await replayed('registration-team')).length).toBeGreaterThan(0);
  });

  test('not after its owner rejected it', async () => {
    const { task } = await referred();
    const moved = await partnerAt(gateway, 'registration-team').move(task, {
      status: 'rejected',
      reason: 'at-capacity',
    });
    expect(moved.status, moved.text).toBe(200);
    expect(withContent(await replayed('registration-team'))).toEqual([]);
  });

  test('not after its sender cancelled the Task', async () => {
    const { task } = await referred();
    const moved = await gp().move(task, { status: 'cancelled', reason: 'withdrawn-by-person' });
    expect(moved.status, moved.text).toBe(200);
    expect(withContent(await replayed('registration-team'))).toEqual([]);
  });

  test('not after the order was withdrawn', async () => {
    const { order } = await referred();
    const moved = await gp().move(order, { status: 'revoked', reason: 'withdrawn-by-person' });
    expect(moved.status, moved.text).toBe(200);
    expect(withContent(await replayed('registration-team'))).toEqual([]);
  });

  test('not after the person was erased, nor are copies that earlier replays made', async () => {
    await referred();
    expect(withContent(await replayed('registration-team')).length).toBeGreaterThan(0);
    const bsnFile = join(folder, 'bsn');
    writeFileSync(bsnFile, `${/9999\d{5}/.exec(JSON.stringify(referral()))?.[0]}\n`);
    const erased = await mgn([
      ...['erase', 'person', '--bsn', bsnFile, '--store', address, '--reason', 'Requested on paper.'],
      ...['--even-if-open', '--yes'],
    ]);
    expect([erased.code, erased.err]).toEqual([0, '']);
    const sink = sinks.get('registration-team')!;
    const before = sink.received.length;
    const started = await gateway.ask('POST', '/admin/replays', {
      as: 'operator',
      body: JSON.stringify({ name: 'erased', reason: 'The receiver was restored', filter: {} }),
      contentType: 'application/json',
    });
    expect(started.status, started.text).toBe(200);
    await expect
      .poll(
        async () => JSON.parse((await gateway.ask('GET', '/admin/replays/erased', { as: 'operator' })).text).state,
        { timeout: 30_000 },
      )
      .toBe('done');
    await allSent('registration-team');
    expect(withContent(sink.received.slice(before).map(({ text }) => text))).toEqual([]);
  });
});

test('the order that the chosen candidate received is not sent again after its Task ended', async () => {
  const sent = await partnerAt(gateway, 'registration-team').post(
    '',
    JSON.parse(
      JSON.stringify(withWords(transferOf(['addiction-care-keerpunt'])))
        .replaceAll('99990101', '99990199')
        .replaceAll('01999901', '01999999'),
    ) as Bundle,
  );
  expect(sent.status, sent.text).toBe(200);
  const task = locationOf(sent, 'Task')!;
  const keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
  const team = partnerAt(gateway, 'registration-team');
  await keerpunt.move(task, { status: 'accepted' });
  const chosen = await team.move(task, { businessStatus: 'selected' });
  expect(chosen.status, chosen.text).toBe(200);
  const sink = sinks.get('keerpunt-verslavingszorg')!;
  await expect.poll(() => withContent(sink.received.map(({ text }) => text)).length, { timeout: 30_000 }).toBe(1);
  const order = locationOf(sent, 'ServiceRequest')!;
  const ended = await team.move(order, { status: 'revoked', reason: 'withdrawn-by-person' });
  expect(ended.status, ended.text).toBe(200);
  const mayRead = (await keerpunt.status(order)) === 200;
  const again = withContent(await replayed('keerpunt-verslavingszorg'));
  expect(again.length > 0, 'is sent what may be read').toBe(mayRead);
});

test('a request to the social domain is not sent again after its Consent ended', async () => {
  const sent = await gp().post('', withWords(example('060-social-request')));
  expect(sent.status, sent.text).toBe(200);
  const sink = sinks.get('wijkteam-zonnerveen')!;
  await sink.until(1);
  expect(withContent(sink.received.map(({ text }) => text)).length).toBeGreaterThan(0);
  const consent = locationOf(sent, 'Consent')!;
  const now = await gp().read<Consent>(consent);
  const ended = await gateway.ask('PUT', `/fhir/${consent}`, {
    as: 'gp-de-linde',
    body: JSON.stringify({ ...now, status: 'inactive' }),
    headers: { 'if-match': `W/"${now.meta?.versionId}"` },
  });
  expect(ended.status, ended.text).toBe(200);
  expect(withContent(await replayed('wijkteam-zonnerveen'))).toEqual([]);
});
