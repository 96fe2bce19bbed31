import type { Consent } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mayStillDisclose } from '../../src/exchange/consent/still-permitted.ts';
import type { Dispatch } from '../../src/store/port.ts';
import { message, requestedConsultation } from '../support/exchange/consultation.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A Consent that ends by its period while the system of the recipient is away: what waits rests on it and is not sent. */
let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const municipality = 'wijkteam-zonnerveen';

async function asked(dispatch: Dispatch, now: string) {
  const { world, ...rest } = gateway.running.gateway;
  return mayStillDisclose(() => ({ ...rest, world: { ...world, now: () => new Date(now) } }))(dispatch);
}

const kindsFor = async (recipient: string) => {
  const { items } = await gateway.store.dispatches({ recipient, count: 99 });
  return items.map((it): Dispatch => ({ ...it, body: '' }));
};

test('the content of a case consultation: its preparation and its minutes', async () => {
  const given = await requestedConsultation(gateway);
  const team = partnerAt(gateway, 'registration-team');
  await team.move(given.consultation, { status: 'accepted' });
  const prepared = message('151-consultation-prepared', given);
  for (const { resource } of prepared.entry ?? [])
    if (resource?.resourceType === 'Consent')
      (resource as Consent).provision = { ...(resource as Consent).provision, period: { end: '2030-01-01' } };
  expect((await team.post('', prepared)).status).toBe(200);
  expect((await team.move(given.consultation, { status: 'in-progress' })).status).toBe(200);
  const recorded = await team.post('', message('152-consultation-recorded', given));
  expect(recorded.status, recorded.text).toBe(200);
  const waiting = (await kindsFor(municipality)).filter(({ kind }) => kind === 'consultation-extract');
  expect(waiting.length).toBeGreaterThan(1);
  for (const it of waiting) {
    expect(await asked(it, '2029-12-31T00:00:00Z')).toEqual({ ok: true });
    expect(await asked(it, '2030-02-01T00:00:00Z')).toEqual({ ok: false, because: 'consent-ended' });
  }
  // a party to the case does not depend on a Consent
  for (const it of (await kindsFor('gp-de-linde')).filter(({ kind }) => kind === 'consultation'))
    expect(await asked(it, '2030-02-01T00:00:00Z')).toEqual({ ok: true });
});
