import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A person takes a permission back: what depends on it stops, in the same commit, and so does the right to read it. */
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let wijkteam: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  gateway = await startGateway();
  gp = partnerAt(gateway, 'gp-de-linde');
  wijkteam = partnerAt(gateway, 'wijkteam-zonnerveen');
});
afterAll(() => gateway.stop());

const text = readFileSync(join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'), 'utf8');

/** A GP's request to the social domain, on a Consent, or on more of them. */
async function asked(more: readonly Consent[] = []) {
  const bundle = JSON.parse(text) as Bundle;
  const entry = [
    ...bundle.entry!,
    ...more.map((resource, n) => ({ fullUrl: `urn:uuid:5f0c1f0e-0000-4000-8000-00000000009${n}`, resource })),
  ];
  const sent = await gp.post('', { ...bundle, entry });
  expect(sent.status, sent.text).toBe(200);
  return {
    task: locationOf(sent, 'Task')!,
    consent: locationOf(sent, 'Consent')!,
    order: locationOf(sent, 'ServiceRequest')!,
  };
}

const consentOf = (): Consent =>
  (JSON.parse(text) as Bundle).entry!.find(({ resource }) => resource?.resourceType === 'Consent')!.resource as Consent;

async function withdraw(reference: string, change: Partial<Consent> = { status: 'inactive' }, as = 'gp-de-linde') {
  const now = await gp.read<Consent>(reference);
  return gateway.ask('PUT', `/fhir/${reference}`, {
    as,
    body: JSON.stringify({ ...now, ...change }),
    headers: { 'if-match': `W/"${now.meta?.versionId}"` },
  });
}

describe('a Consent that ends', () => {
  test('withdraws the request that depends on it: its owner is notified, and reads its own Task only', async () => {
    const it = await asked();
    const before = await wijkteam.read<Task>(it.task);
    const done = await withdraw(it.consent);
    expect(done.status, done.text).toBe(200);
    expect(resourceOf<Consent>(done).status).toBe('inactive');
    const after = await wijkteam.read<Task>(it.task);
    expect([after.status, codeOf(after.statusReason)]).toEqual(['cancelled', 'withdrawn-by-person']);
    expect((await gp.read<ServiceRequest>(before.focus!.reference!)).status).toBe('revoked');
    for (const it of [before.focus!, before.for!]) expect(await wijkteam.status(it.reference!)).toBe(404);
    const { items } = await gateway.store.dispatches({ recipient: 'wijkteam-zonnerveen', count: 100 });
    expect(items.at(-1)?.kind).toBe('status');
  });

  test('asks who has begun to stop', async () => {
    const it = await asked();
    await wijkteam.move(it.task, { status: 'accepted' });
    await wijkteam.move(it.task, { status: 'in-progress' });
    expect((await withdraw(it.consent)).status).toBe(200);
    const after = await wijkteam.read<Task>(it.task);
    expect([after.status, codeOf(after.businessStatus)]).toEqual(['in-progress', 'cancellation-requested']);
    const [abort] = await wijkteam.tasks(`focus=${it.task}`);
    expect(codeOf(abort?.code)).toBe('abort');
    const stopped = await wijkteam.move(`Task/${abort?.id}`, { status: 'accepted' });
    expect(stopped.status, stopped.text).toBe(200);
    expect((await wijkteam.read<Task>(it.task)).status).toBe('cancelled');
  });

  test('withdraws it too when a coding of another system stands in front of the legal basis', async () => {
    const bundle = JSON.parse(text) as Bundle;
    for (const { resource } of bundle.entry!)
      if (resource?.resourceType === 'Task')
        resource.extension
          ?.find(({ url }) => url.endsWith('mgn-legal-basis'))
          ?.valueCodeableConcept?.coding?.unshift({ system: 'https://ehr.example/grounds', code: 'toestemming' });
    const sent = await gp.post('', bundle);
    expect(sent.status, sent.text).toBe(200);
    expect((await withdraw(locationOf(sent, 'Consent')!)).status).toBe(200);
    expect((await wijkteam.read<Task>(locationOf(sent, 'Task')!)).status).toBe('cancelled');
  });

  test('leaves what another Consent permits', async () => {
    const it = await asked([consentOf()]);
    expect((await withdraw(it.consent)).status).toBe(200);
    expect((await wijkteam.read<Task>(it.task)).status).toBe('requested');
  });

  test('leaves what has ended', async () => {
    const it = await asked();
    await wijkteam.move(it.task, { status: 'rejected', reason: 'at-capacity' });
    expect((await withdraw(it.consent)).status).toBe(200);
    expect((await wijkteam.read<Task>(it.task)).status).toBe('rejected');
  });
});

test.each([
  ['by somebody else', { status: 'inactive' as const }, 'ggz-de-kade', 404, 'not-found'],
  [
    'to say something else',
    { status: 'inactive' as const, dateTime: '2026-01-01' },
    'gp-de-linde',
    422,
    'consent-immutable',
  ],
  ['to a draft', { status: 'draft' as const }, 'gp-de-linde', 422, 'consent-immutable'],
])('a Consent is not changed %s', async (_, change, as, status, rule) => {
  const it = await asked();
  const refused = await withdraw(it.consent, change, as);
  expect([refused.status, ...rulesOf(refused)], refused.text).toEqual([status, rule]);
});

test('a Consent ends once, and from the version that was read', async () => {
  const it = await asked();
  expect((await withdraw(it.consent)).status).toBe(200);
  const again = await withdraw(it.consent, { status: 'rejected' });
  expect([again.status, ...rulesOf(again)]).toEqual([409, 'consent-ended']);
});
