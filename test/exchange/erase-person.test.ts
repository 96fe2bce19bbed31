import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, expect, test } from 'vitest';
import { besideStore, generateKeys, keyRingFor } from '../../src/main/key-ring.ts';
import { openStore } from '../../src/main.ts';
import { checkStore } from '../../src/store/moving/check/check.ts';
import type { KeyRing } from '../../src/store/sql/vault/ring.ts';
import { requestErasures } from '../../src/watchdog/erasure-requests.ts';
import { mgn } from '../support/cli/mgn.ts';
import { until } from '../support/delivery/test-worker.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, startGateway } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-erase-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string): Bundle =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8'));

test('one person is erased as a whole: nothing of it can be read or searched, partners are requested to do so, the audit trail stays', async () => {
  const file = join(folder, 'erase.db');
  const address = `sqlite:${file}`;
  generateKeys(besideStore(address)!);
  const sink = await startSink();
  const gateway = await startGateway({ store: address, addresses: { 'registration-team': sink.url } });
  const referral = JSON.stringify(example('001-referral-as-collection'));
  const [bsn = ''] = /9999\d{5}/.exec(referral) ?? [];
  const sent = await partnerAt(gateway, 'gp-de-linde').post('', JSON.parse(referral) as Bundle);
  expect(sent.status, sent.text).toBe(200);
  await sink.until(1);
  const [task, order] = [locationOf(sent, 'Task')!, locationOf(sent, 'ServiceRequest')!];

  const bsnFile = join(folder, 'bsn');
  writeFileSync(bsnFile, `${bsn}\n`);
  const erase = (...more: string[]) =>
    mgn(['erase', 'person', '--bsn', bsnFile, '--store', address, '--reason', 'Requested on paper.', ...more]);
  const open = await erase('--yes');
  expect([open.code, open.err]).toEqual([1, expect.stringContaining('erasure-open')]);
  const unconfirmed = await erase('--even-if-open');
  expect([unconfirmed.code, unconfirmed.err]).toEqual([1, expect.stringContaining('erasure-not-confirmed')]);
  let dry = await erase('--even-if-open', '--dry-run');
  // the delivery is recorded a moment after it arrived
  for (let n = 0; n < 200 && !dry.out.includes('to: registration-team'); n++)
    dry = await erase('--even-if-open', '--dry-run');
  expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('Request by Task to: registration-team')]);
  expect((await gateway.ask('GET', `/fhir/${order}`, { as: 'gp-de-linde' })).status).toBe(200);
  const done = await erase('--even-if-open', '--yes');
  expect([done.code, done.err]).toEqual([0, '']);
  expect(done.out + done.err).not.toContain(bsn);
  const again = await erase('--yes');
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('erasure-person-unknown')]);

  for (const path of [task, order, `${task}/_history`, `${order}/$explain`, `${order}/$case`])
    expect((await gateway.ask('GET', `/fhir/${path}`, { as: 'gp-de-linde' })).status, path).toBe(404);
  const move = await gateway.ask('PATCH', `/fhir/${task}`, {
    as: 'registration-team',
    body: '[{"op":"replace","path":"/status","value":"accepted"}]',
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"1"' },
  });
  expect(move.status).toBe(404);

  // asked of the partner that got it, once, without anything of the person
  await requestErasures(gateway.running.gateway);
  expect(await requestErasures(gateway.running.gateway)).toBe(0);
  const team = partnerAt(gateway, 'registration-team');
  const requests = (await team.tasks('status=requested')).filter((it) =>
    JSON.stringify(it.code).includes('erase-person'),
  );
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ focus: { reference: task }, description: expect.stringContaining('gewist') });
  expect(
    gateway.running.gateway.validator
      .validate(requests[0] as Task)
      .issues.filter(({ severity }) => severity === 'error'),
  ).toEqual([]);
  await until(() => sink.received.some(({ text }) => text.includes('erase-person')));
  // the partner answers as it does to any Task
  for (const status of ['accepted', 'in-progress'] as const) {
    const moved = await team.move(`Task/${requests[0]!.id}`, { status });
    expect(moved.status, moved.text).toBe(200);
  }

  const { value: ring } = keyRingFor(address) as unknown as { readonly value: KeyRing };
  const checked = await checkStore({ kind: 'sqlite', file, ring });
  expect(checked.ok && checked.value.problems).toEqual([]);
  const trail = await gateway.store.audit({ entity: order, count: 50 });
  expect(trail.items.some(({ text }) => text.includes('erase-person'))).toBe(true);

  // a restored backup has them again until the list is replayed
  const listed = await mgn(['erase', 'list', '--store', address]);
  const list = join(folder, 'erasures.ndjson');
  writeFileSync(list, listed.out);
  expect(listed.out).toMatch(/"patient":"Patient\/[0-9a-f-]{36}"/);
  const replayed = await mgn(['erase', 'replay', list, '--store', address]);
  expect([replayed.code, replayed.out]).toEqual([0, '0 erased again\n']);
  writeFileSync(list, 'nothing\n');
  expect((await mgn(['erase', 'replay', list, '--store', address])).err).toContain('erasure-list-invalid');
  await gateway.stop();
  await sink.close();
});

test('a person whose texts an earlier release stored in clear is not erased before they are encrypted', async () => {
  const address = `sqlite:${join(folder, 'clear.db')}`;
  const gateway = await startGateway({ store: address });
  await partnerAt(gateway, 'gp-de-linde').post('', example('001-referral-as-collection'));
  const stored = await gateway.store.search('Patient', { criteria: [], count: 1 });
  const [patient] = stored.kind === 'found' ? stored.resources : [];
  await gateway.stop();
  generateKeys(besideStore(address)!);
  const erased = await mgn([
    'erase',
    'person',
    '--patient',
    patient!.id,
    '--store',
    address,
    '--reason',
    'On paper.',
    '--even-if-open',
    '--yes',
  ]);
  expect([erased.code, erased.err]).toEqual([1, expect.stringContaining('erasure-in-clear')]);
  const status = await mgn(['store', 'keys', 'status', '--store', address]);
  expect(status.out).toMatch(/demo: data keys of 0 persons, key of the index \(current\)/);
  expect((await mgn(['store', 'keys', 'rotate', '--store', address])).code).toBe(0);
  expect((await mgn(['store', 'encrypt', '--store', address])).code).toBe(0);
  expect((await openStore(address)).ok).toBe(true);
});
