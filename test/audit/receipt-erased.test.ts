import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Patient } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signerOf } from '../../src/audit/signed-head.ts';
import type { Proof } from '../../src/disclosure/index.ts';
import { besideStore, generateKeys } from '../../src/main/key-ring.ts';
import { newRingLine } from '../../src/store/sql/vault/ring.ts';
import { mgn } from '../support/cli/mgn.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { startGateway } from '../support/test-gateway.ts';

/** The key of the leaves is stored under the data key of the person: erasing the person destroys it. */

const folder = mkdtempSync(join(tmpdir(), 'mgn-receipt-erased-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const keys = generateKeyPairSync('ed25519');
writeFileSync(join(folder, 'key.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }) as string);
const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
  'utf8',
);

async function sentTo(store: string, ...patients: readonly string[]) {
  const signer = signerOf(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)!;
  const gateway = await startGateway({ store, signer });
  const traces: string[] = [];
  for (const body of patients) {
    const trace = crypto.randomUUID();
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body, headers: { 'x-trace-id': trace } });
    expect(sent.status, sent.text).toBe(200);
    traces.push(trace);
  }
  const logs: string[] = [];
  for (const traceId of traces) {
    const { items } = await gateway.store.messages({ traceId, count: 10 });
    logs.push(...items.map(({ messageLog }) => messageLog));
  }
  await gateway.stop();
  return { traces, logs };
}

const lines = (text: string): readonly Proof[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((it) => JSON.parse(it) as Proof);
const verify = async (content: object) => {
  const file = join(folder, 'receipt.json');
  writeFileSync(file, JSON.stringify(content));
  return mgn(['audit', 'verify-receipt', file, '--key', join(folder, 'key.pem')]);
};

test('after the erasure of a person no leaf can be opened; what was exported, the root and the chain still verify', async () => {
  const file = join(folder, 'gateway.db');
  const store = `sqlite:${file}`;
  generateKeys(besideStore(store)!);
  const other = referral.replaceAll(/9999\d{5}/g, '999911120').replaceAll('2026-001', '2026-002');
  const { traces, logs } = await sentTo(store, referral, other);
  const [trace, kept] = traces as [string, string];
  const receipt = (id: string, ...more: string[]) => mgn(['audit', 'receipt', id, '--store', store, ...more]);
  const before = lines((await receipt(trace)).out);
  const [{ person, root }] = before as [Proof];
  const opened = await receipt(trace, '--open', `${person}.birthDate`);
  expect([opened.code, opened.err]).toEqual([0, '']);

  const { proofKey } = JSON.parse(logs[0]!) as { proofKey: string };
  expect(Buffer.from(proofKey, 'base64url')).toHaveLength(32);
  expect(new Set(logs.map((it) => (JSON.parse(it) as { proofKey: string }).proofKey)).size).toBe(logs.length);
  const bytes = readFileSync(file);
  expect(bytes.includes(proofKey), 'not in clear in the file').toBe(false);
  expect(bytes.includes(Buffer.from(proofKey, 'base64url'))).toBe(false);

  const patient = person.replace('Patient/', '');
  const erased = await mgn([
    'erase',
    'person',
    '--patient',
    patient,
    '--store',
    store,
    '--reason',
    'On paper.',
    '--even-if-open',
    '--yes',
  ]);
  expect([erased.code, erased.err]).toEqual([0, '']);

  for (const it of ['birthDate', 'id', 'name[0].family']) {
    const after = await receipt(trace, '--open', `${person}.${it}`);
    expect([after.code, after.out]).toEqual([1, '']);
    expect(after.err).toMatch(/receipt-(not-found|source-missing)/);
  }
  for (const it of before) expect(await verify(it)).toMatchObject({ code: 0, out: 'The receipt is valid.\n' });
  expect(await verify(JSON.parse(opened.out) as object), 'what was shown before').toMatchObject({ code: 0 });
  const chain = await mgn(['audit', 'verify', '--store', store]);
  expect([chain.code, chain.err]).toEqual([0, '']);
  const trail = await mgn(['audit', 'export', '--store', store]);
  expect(trail.out, 'the event of the disclosure has the root').toContain(root);

  // the receipts of another person are as they were
  const [of] = lines((await receipt(kept)).out) as [Proof];
  expect((await receipt(kept, '--open', `${of.person}.birthDate`)).code).toBe(0);
  expect(of.root).not.toBe(root);
});

test('a store of a demo without keys has the key in clear: a person is not erased there, and receipts open', async () => {
  const store = `sqlite:${join(folder, 'clear.db')}`;
  const { traces } = await sentTo(store, referral);
  const [{ person }] = lines((await mgn(['audit', 'receipt', traces[0]!, '--store', store])).out) as [Proof];
  const opened = await mgn(['audit', 'receipt', traces[0]!, '--store', store, '--open', `${person}.birthDate`]);
  expect([opened.code, opened.err]).toEqual([0, '']);
});

/** A message about a child that also has its mother, who is another Patient and no recipient's business. */
function withMother(): string {
  const bundle = JSON.parse(referral) as Bundle;
  const mother: Patient = {
    resourceType: 'Patient',
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999990019' }],
    name: [{ family: 'Moederpersoon', given: ['Mina'] }],
    birthDate: '1975-03-02',
    gender: 'female',
  };
  bundle.entry!.unshift({ fullUrl: 'urn:uuid:7d1f0a52-5b0e-4d38-9a56-000000000011', resource: mother });
  return JSON.stringify(bundle);
}

describe.each(['sqlite', 'postgres'])('a message about two persons, on %s', (database) => {
  let store: string;
  const before = process.env.MGN_STORE_KEYS;
  beforeAll(() => {
    process.env.MGN_STORE_KEYS = newRingLine('test');
  });
  afterAll(() => {
    if (before === undefined) delete process.env.MGN_STORE_KEYS;
    else process.env.MGN_STORE_KEYS = before;
  });

  test.each(['the mother', 'the child'])(
    'of whom %s is erased: no leaf of it opens, what was exported and the chain verify',
    async (who) => {
      store = database === 'postgres' ? await emptyPostgres() : `sqlite:${join(folder, `two-${who.length}.db`)}`;
      const other = referral.replaceAll(/9999\d{5}/g, '999911120').replaceAll('2026-001', '2026-002');
      const { traces } = await sentTo(store, withMother(), other);
      const [trace, kept] = traces as [string, string];
      const receipt = (id: string, ...more: string[]) => mgn(['audit', 'receipt', id, '--store', store, ...more]);
      const exported = lines((await receipt(trace)).out);
      const [{ person, root, source }] = exported as [Proof];
      const patients = source.flatMap((it) => /^Patient\/[0-9a-f-]+/.exec(it)?.[0] ?? []);
      expect(patients).toHaveLength(2);
      const mother = patients.find((it) => it !== person)!;
      // both open before, each alone
      const opened = await receipt(trace, '--open', `${mother}.birthDate`);
      expect([opened.code, opened.err]).toEqual([0, '']);
      expect(opened.out).toContain('1975-03-02');
      expect((await receipt(trace, '--open', `${person}.birthDate`)).code).toBe(0);

      const erased = (who === 'the mother' ? mother : person).replace('Patient/', '');
      const options = ['--store', store, '--reason', 'On paper.', '--even-if-open', '--yes'];
      const done = await mgn(['erase', 'person', '--patient', erased, ...options]);
      expect([done.code, done.err]).toEqual([0, '']);

      for (const it of [`${mother}.birthDate`, `${person}.birthDate`, `${person}.name[0].family`]) {
        const after = await receipt(trace, '--open', it);
        expect([it, after.code, after.out]).toEqual([it, 1, '']);
        expect(after.err).toMatch(/receipt-(not-found|source-missing)/);
        expect(after.err).not.toMatch(/1975|Moeder|Proefpersoon/);
      }
      for (const it of exported) expect(await verify(it)).toMatchObject({ code: 0 });
      expect(await verify(JSON.parse(opened.out) as object), 'what was shown before').toMatchObject({ code: 0 });
      const chain = await mgn(['audit', 'verify', '--store', store]);
      expect([chain.code, chain.err]).toEqual([0, '']);
      expect((await mgn(['audit', 'export', '--store', store])).out).toContain(root);
      const [of] = lines((await receipt(kept)).out) as [Proof];
      expect((await receipt(kept, '--open', `${of.person}.birthDate`)).code).toBe(0);
    },
  );
});
