import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Proof } from '../../src/disclosure/index.ts';
import { valuesOf } from '../../src/disclosure/receipt/leaves.ts';
import { parseJson } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { message } from '../support/exchange/consultation.ts';
import { consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A receipt has, for each value of the source, whether it went out, by which line, and on which grounds. */

const root = join(import.meta.dirname, '../..');
/** Its requester is no organisation of the directory, so that the team may send it. */
const transfer = (): Bundle =>
  JSON.parse(
    JSON.stringify(transferOf(['addiction-care-keerpunt', 'specialist-ggz-horizonland']))
      .replaceAll('99990101', '99990199')
      .replaceAll('01999901', '01999999'),
  );

const example = (name: string): Bundle =>
  JSON.parse(readFileSync(join(root, 'examples/messages', name, 'input.json'), 'utf8'));

let gateway: TestGateway;
let proofs: readonly Proof[];
let answers = '';

beforeAll(async () => {
  gateway = await startGateway();
  const gp = partnerAt(gateway, 'gp-de-linde');
  const team = partnerAt(gateway, 'registration-team');
  const ok = async (sent: Promise<{ status: number; text: string }>) => {
    const answer = await sent;
    expect(answer.status, answer.text).toBeLessThan(300);
    answers += answer.text;
    return answer as Awaited<ReturnType<typeof gp.post>>;
  };
  const sent = await ok(gp.post('', example('001-referral-as-collection')));
  const order = locationOf(sent, 'ServiceRequest')!;
  await ok(team.move(locationOf(sent, 'Task')!, { status: 'accepted' }));
  await ok(team.post('', recordOf({ reference: order }, [social, consent])));
  await ok(gp.post('', example('060-social-request')));
  const asked = await ok(gp.post('', message('150-consultation-asked', { order })));
  const references = { order, consultation: locationOf(asked, 'Task')! };
  await ok(team.move(references.consultation, { status: 'accepted' }));
  await ok(team.post('', message('151-consultation-prepared', references)));
  const solicited = await ok(team.post('', transfer()));
  const tasks = (resourceOf<Bundle>(solicited).entry ?? []).flatMap(
    ({ response }) => response?.location?.match(/^Task\/[^/]+/)?.[0] ?? [],
  );
  const horizon = partnerAt(gateway, 'ggz-horizonland');
  const chosen = (await Promise.all(tasks.map(async (it) => [it, await horizon.status(it)] as const))).find(
    ([, status]) => status === 200,
  )![0];
  await ok(horizon.move(chosen, { status: 'accepted' }));
  await ok(team.move(chosen, { businessStatus: 'selected' }));
  const { items } = await gateway.store.messages({ count: 100 });
  proofs = items.flatMap(({ messageLog }) => (JSON.parse(messageLog) as { proofs?: Proof[] }).proofs ?? []);
}, 60_000);
afterAll(() => gateway.stop());

const named = ({ receipt: { purpose, recipient } }: Proof): string => `${purpose} to ${recipient}`;

/** The paths of the source of an entry of a receipt. */
async function sourceOf({ source }: Proof): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const name of source) {
    const [type = '', id = '', , version] = name.split('/');
    const stored = await gateway.store.vread(type, id, Number(version));
    const values = valuesOf([parseJson(stored!.text) as Resource]);
    found.set(
      `${type}/${id}`,
      values.map(({ path }) => path.slice(`${type}/${id}.`.length)),
    );
  }
  return found;
}

test('of every purpose that discloses content: each value of the source once, as disclosed or as withheld', async () => {
  const purposes = new Set(proofs.map(({ receipt }) => receipt.purpose));
  for (const it of ['referral', 'social-request', 'solicitation', 'status', 'consultation', 'feedback'] as const)
    expect([...purposes]).toContain(it);
  for (const proof of proofs) {
    const source = await sourceOf(proof);
    const seen = new Map<string, string[]>();
    for (const { resource, paths } of [...proof.disclosed, ...proof.withheld]) {
      const all = source.get(resource)!;
      seen.set(resource, [...(seen.get(resource) ?? []), ...(paths === undefined ? all : paths.split(' '))]);
    }
    for (const [resource, paths] of source)
      expect(seen.get(resource)?.sort(), `${named(proof)}: ${resource}`).toEqual([...paths].sort());
    expect([...seen.keys()].sort()).toEqual([...source.keys()].sort());
  }
});

test('each disclosed path has its line, or was written by the gateway; each line stands where the receipt says', () => {
  for (const proof of proofs) {
    for (const { rule } of [...proof.disclosed, ...proof.withheld])
      if (rule !== undefined) expect(proof.rules[rule], named(proof)).toBeDefined();
    expect(proof.rules.length, named(proof)).toBeGreaterThan(0);
    for (const { at, key, decides } of proof.rules) {
      const [file = '', line] = at.split(':');
      const text = readFileSync(join(root, file), 'utf8');
      const value = key
        .split(/[.[\]]+/)
        .filter(Boolean)
        .reduce((it: never, name) => it?.[name], parse(text) as never) as Record<string, unknown> | undefined;
      expect(value, `${at} ${key}`).toBeDefined();
      expect(Number(line), at).toBeGreaterThan(0);
      const [verb = ''] = decides.split(' ');
      expect(['allow', 'withhold']).toContain(verb);
      if (value?.[verb] !== undefined) expect(decides).toContain([value[verb]].flat()[0]);
    }
    // content of a person never goes out without a line
    const byGateway = proof.disclosed.filter(({ rule }) => rule === undefined);
    for (const { resource, paths } of byGateway)
      if (paths === undefined) expect(resource, named(proof)).toMatch(/^(Bundle|Communication)\//);
  }
});

test('what a line withholds is said with the line, and what was never up for it with a reason', () => {
  const request = proofs.find(({ receipt }) => receipt.purpose === 'social-request')!;
  const reasons = new Set(request.withheld.map(({ reason }) => reason));
  expect([...reasons]).toContain('line');
  const ofLine = request.withheld.find(({ reason }) => reason === 'line')!;
  expect(request.rules[ofLine.rule!]!.decides).toMatch(/^withhold /);
  const status = proofs.find(({ receipt }) => receipt.purpose === 'status')!;
  expect(status.withheld.find(({ resource }) => resource.startsWith('Patient/'))?.reason).toBe('status-only');
});

test('the grounds: the legal basis by its key, and the Consents that said anything', async () => {
  for (const { receipt, grounds } of proofs)
    if (receipt.legalBasis)
      expect(grounds.key).toBe(`${receipt.legalBasis}.within.${receipt.domain === 'social' ? 'social' : 'care'}`);
  const requests = proofs.filter(({ receipt }) => receipt.purpose === 'social-request');
  for (const { grounds } of requests) {
    expect(grounds.consents.map(({ verdict }) => verdict)).toEqual(['permit']);
    const { reference } = grounds.consents[0]!;
    const stored = await gateway.store.read('Consent', reference.split('/')[1]!);
    expect(stored, reference).toBeDefined();
  }
  expect(requests.length).toBeGreaterThan(1);
});

test('no value of the source, and nothing of it for a recipient or a sender', async () => {
  expect(JSON.stringify(proofs)).not.toMatch(/9999\d{5}|Testpersoon/);
  const { items } = await gateway.store.dispatches({ count: 200 });
  const sent = `${JSON.stringify(items)}${answers}`;
  for (const { root: it, signature, rules } of proofs) {
    expect(sent).not.toContain(it);
    expect(sent).not.toContain(signature);
    for (const { key } of rules) expect(sent).not.toContain(key);
  }
});
