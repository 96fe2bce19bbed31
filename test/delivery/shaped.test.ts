import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { standingOf } from '../../src/main/delivery/standing-of.ts';
import { hl7v2 } from '../support/delivery/channel-rigs.ts';
import { until } from '../support/delivery/test-worker.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, startGateway } from '../support/test-gateway.ts';
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

test('a referrer on HL7 v2 receives the state of its referral as RRI^I12, once for each', async () => {
  const practice = await hl7v2();
  const { destination } = practice.address;
  const gateway = await startGateway({
    configure: (it) => {
      const partners = new Map(it.network.partners);
      partners.set('gp-de-linde', { ...partners.get('gp-de-linde')!, channel: 'hl7v2', destination: destination! });
      return { ...it, network: { ...it.network, partners } };
    },
  });
  try {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
    expect(sent.status, sent.text).toBe(200);
    await until(() => practice.messages.length === 1);
    const accepted = await gateway.ask('PATCH', `/fhir/${locationOf(sent, 'Task')}`, {
      as: 'registration-team',
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
    });
    expect(accepted.status, accepted.text).toBe(200);
    await until(() => practice.messages.length === 2);
    const segments = practice.messages.map((text) => text.split('\r').map((line) => line.split('|')));
    expect(segments.map((it) => it.find(([name]) => name === 'RF1')?.[1]?.split('^')[0])).toEqual(['P', 'A']);
    expect(new Set(segments.map(([head]) => head?.[9])).size).toBe(2);
  } finally {
    await gateway.stop();
    await practice.close();
  }
});

test('the destination of a partner that left the network is not used any more', async () => {
  const municipality = await startMunicipality(catalogue);
  const { network } = withMunicipality(municipality)(await demoConfiguration());
  const of = (it: typeof network) =>
    standingOf(it, new Map(), { tokens: new Map(), notificationTokens: new Map() }).partners.get('wijkteam-zonnerveen')
      ?.destination?.kind;
  expect(of(network)).toBe('zgw');
  const { directory } = network;
  const organization = (reference: string) => {
    const found = directory.organization(reference);
    return found && { ...found, member: false };
  };
  expect(of({ ...network, directory: { ...directory, organization } })).toBeUndefined();
  await municipality.close();
});
