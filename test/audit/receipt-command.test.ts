import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signerOf } from '../../src/audit/signed-head.ts';
import type { Proof } from '../../src/disclosure/index.ts';
import { mgn } from '../support/cli/mgn.ts';
import { startGateway } from '../support/test-gateway.ts';

/** `mgn audit receipt`: the proofs of the disclosures of a real message, and one value of them. */

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
  'utf8',
);
const keys = generateKeyPairSync('ed25519');
let folder: string;
let store: string;
let trace: string;
let proofs: readonly Proof[];
let delivered: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-receipt-'));
  store = `sqlite:${join(folder, 'gateway.db')}`;
  writeFileSync(join(folder, 'key.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }) as string);
  const signer = signerOf(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)!;
  const gateway = await startGateway({ store, signer });
  trace = crypto.randomUUID();
  await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral, headers: { 'x-trace-id': trace } });
  const { items } = await gateway.store.dispatches({ count: 10, traceId: trace });
  delivered = JSON.stringify(items);
  const events = await gateway.store.audit({ traceId: trace, count: 100 });
  delivered += events.items.map(({ text }) => text).join('\n');
  await gateway.stop();
  proofs = (await receipt(trace)).out
    .split('\n')
    .filter(Boolean)
    .map((it) => JSON.parse(it) as Proof);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const receipt = (id: string, ...more: string[]) => mgn(['audit', 'receipt', id, '--store', store, ...more]);
function file(content: unknown): string {
  const path = join(folder, 'receipt.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const verify = (content: unknown) => mgn(['audit', 'verify-receipt', file(content), '--key', join(folder, 'key.pem')]);
const pathIn = (suffix: string) => `${proofs[0]!.person}.${suffix}`;

test('a receipt for each disclosure, signed, without a value of the source', async () => {
  expect(proofs.map(({ receipt: { recipient, purpose } }) => [recipient, purpose])).toEqual([
    ['registration-team', 'referral'],
    ['gp-de-linde', 'status'],
  ]);
  for (const proof of proofs) {
    expect(await verify(proof)).toMatchObject({ code: 0, out: 'The receipt is valid.\n' });
    expect(JSON.stringify(proof)).not.toMatch(/9999\d{5}|Testpersoon/);
    expect(proof.leaves).toBeGreaterThan(50);
  }
  // the status is the Task alone: everything else was withheld, and why
  const { withheld } = proofs[1]!;
  expect(withheld.find(({ resource }) => resource.startsWith('Patient/'))).toEqual({
    resource: proofs[0]!.person,
    reason: 'status-only',
  });
  expect((await receipt(proofs[0]!.message)).out, 'by the id of the message').toContain(proofs[0]!.root);
});

test('one value with its proof, which verifies without the store and shows no other value', async () => {
  const opened = await receipt(trace, '--recipient', 'registration-team', '--open', pathIn('birthDate'));
  expect(opened.err).toBe('');
  const shown = JSON.parse(opened.out);
  expect(shown.opening).toMatchObject({
    path: pathIn('birthDate'),
    value: expect.stringMatching(/^"\d{4}-\d\d-\d\d"$/),
  });
  expect(opened.out).not.toMatch(/9999\d{5}/);
  expect(await verify(shown)).toMatchObject({ code: 0 });
  const forged = { ...shown, opening: { ...shown.opening, value: '"1950-01-01"' } };
  expect((await verify(forged)).err).toContain('receipt-value-invalid');
  const another = { ...shown, proof: { ...shown.proof, configuration: 'another' } };
  expect((await verify(another)).err).toContain('receipt-signature-invalid');
});

test('nothing of the receipt is in what is sent, and the audit trail has its root', () => {
  expect(delivered).toContain(proofs[0]!.root);
  expect(delivered).not.toContain(proofs[0]!.signature);
  expect(delivered).not.toContain('withheld');
});

test('no such receipt, path or file; a source that is not as it was', async () => {
  expect((await receipt(crypto.randomUUID())).err).toContain('receipt-not-found');
  expect((await receipt(trace, '--recipient', 'ggz-de-kade')).err).toContain('receipt-not-found');
  expect((await receipt(trace, '--open', pathIn('nothing'))).err).toContain('receipt-path-unknown');
  // the remedy is that of the file that is wrong
  for (const content of ['text', null, [], {}, { proof: null }])
    expect(await verify(content), JSON.stringify(content)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/receipt-file-unreadable[\s\S]*as mgn audit receipt prints it/),
    });
  const absent = ['audit', 'verify-receipt', join(folder, 'absent'), '--key', join(folder, 'absent.pem')];
  const { code, err } = await mgn(absent);
  expect(code).toBe(2);
  for (const rule of ['receipt-file-unreadable', 'audit-file-unreadable']) expect(err).toContain(rule);
  const database = new DatabaseSync(join(folder, 'gateway.db'));
  database.exec("delete from resource where type = 'Patient'");
  database.close();
  expect((await receipt(trace, '--open', pathIn('birthDate'))).err).toContain('receipt-source-missing');
});
