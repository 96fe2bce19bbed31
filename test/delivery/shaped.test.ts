import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { standingOf } from '../../src/main/delivery/standing-of.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { startGateway } from '../support/test-gateway.ts';
import { startMunicipality } from '../support/zgw/municipality.ts';
import { catalogue, withMunicipality } from '../support/zgw/network.ts';

/** The shape of a partner, and the directory as a condition of its destination. */
const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);

test('a partner with shape ggz-ehr receives referrals in nl-core profiles, each created once', async () => {
  const team = await startSink();
  const gateway = await startGateway({
    addresses: { 'registration-team': team.url },
    configure: (it) => {
      const partners = new Map(it.network.partners);
      partners.set('registration-team', { ...partners.get('registration-team')!, shape: 'ggz-ehr' });
      return { ...it, network: { ...it.network, partners } };
    },
  });
  try {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
    expect(sent.status, sent.text).toBe(200);
    await team.until(1);
    const [{ bundle } = {}] = team.received;
    expect(bundle?.type).toBe('transaction');
    const profiles = (bundle?.entry ?? []).flatMap(({ resource }) => resource?.meta?.profile ?? []);
    expect(profiles.some((it) => it.startsWith('http://nictiz.nl/fhir/StructureDefinition/nl-core-'))).toBe(true);
    for (const { request, resource } of bundle?.entry ?? [])
      expect([request?.method, request?.ifNoneExist !== undefined || !('identifier' in (resource ?? {}))]).toEqual([
        'POST',
        true,
      ]);
  } finally {
    await gateway.stop();
    await team.close();
  }
});

test('the destination of a partner that left the network is not used any more', async () => {
  const municipality = await startMunicipality(catalogue);
  const { network } = withMunicipality(municipality)(await demoConfiguration());
  const of = (it: typeof network) =>
    standingOf(it, new Map(), new Map()).partners.get('wijkteam-zonnerveen')?.destination?.kind;
  expect(of(network)).toBe('zgw');
  const { directory } = network;
  const organization = (reference: string) => {
    const found = directory.organization(reference);
    return found && { ...found, member: false };
  };
  expect(of({ ...network, directory: { ...directory, organization } })).toBeUndefined();
  await municipality.close();
});
