import type { Endpoint } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { addressOf, chooseEndpoint, registeredEndpoints, withAddresses } from '../../src/directory/index.ts';
import { demoNetwork } from '../support/routing/demo-network.ts';

const now = new Date('2026-11-22T10:00:00Z');

const endpoint = (id: string, more: Partial<Endpoint> = {}): Endpoint => ({
  resourceType: 'Endpoint',
  id,
  status: 'active',
  connectionType: { system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type', code: 'hl7-fhir-rest' },
  payloadType: [
    {
      coding: [
        {
          system: 'http://minvws.github.io/generiekefuncties-docs/CodeSystem/nl-gf-data-categories-cs',
          code: 'Request',
        },
      ],
    },
  ],
  payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
  address: `https://${id}.example/fhir`,
  ...more,
});

describe('of several endpoints', () => {
  test.each<[string, Partial<Endpoint>]>([
    ['switched off', { status: 'off' }],
    ['not yet open', { period: { start: '2026-12-01' } }],
    ['closed', { period: { end: '2026-11-21' } }],
    [
      'for another connection',
      {
        connectionType: {
          system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
          code: 'hl7v2-mllp',
        },
      },
    ],
    [
      'for another payload',
      {
        payloadType: [
          {
            coding: [
              {
                system: 'http://minvws.github.io/generiekefuncties-docs/CodeSystem/nl-gf-data-categories-cs',
                code: 'Consent',
              },
            ],
          },
        ],
      },
    ],
    ['for another format', { payloadMimeType: ['application/hl7-v2+er7'] }],
    ['for another version of FHIR', { payloadMimeType: ['application/fhir+json; fhirVersion=3.0'] }],
  ])('one that is %s is passed over', (_, more) => {
    expect(chooseEndpoint([endpoint('a', more), endpoint('b')], now)?.id).toBe('b');
    expect(chooseEndpoint([endpoint('a', more)], now)).toBeUndefined();
  });

  test('one that is open until today still serves today', () => {
    expect(chooseEndpoint([endpoint('a', { period: { end: '2026-11-22' } })], now)?.id).toBe('a');
  });

  test('JSON goes before XML, and of equals the first', () => {
    const xml = endpoint('x', { payloadMimeType: ['application/fhir+xml'] });
    expect(chooseEndpoint([xml, endpoint('a'), endpoint('b')], now)?.id).toBe('a');
    expect(chooseEndpoint([xml], now)?.id).toBe('x');
  });

  test('both bases of the generic functions are accepted', () => {
    const system = 'http://fhir.generiekefuncties.nl/csd/CodeSystem/nl-gf-data-categories-cs';
    expect(chooseEndpoint([endpoint('a', { payloadType: [{ coding: [{ system, code: 'Request' }] }] })], now)?.id).toBe(
      'a',
    );
  });
});

describe('an address of another machine without TLS, as a replicated directory may list it at any moment', () => {
  const place = 'Organization/ggz-horizonland';

  /** The demo network, in whose directory the Endpoint of the partner has this address. */
  async function networkWith(address: string, permitted: readonly string[] = []) {
    const network = await demoNetwork();
    const resource: typeof network.resource = (reference) => {
      const found = network.resource(reference);
      return found?.resourceType === 'Endpoint' ? ({ ...found, address } as typeof found) : found;
    };
    return { ...network, resource, settings: { ...network.settings, plainHttp: new Set(permitted) } };
  }

  test.each(['http://other.example/fhir', 'http://10.0.0.4/fhir', 'HTTP://other.example/fhir', 'other'])(
    '%s receives neither deliveries nor notifications',
    async (address) => {
      const network = await networkWith(address);
      for (const service of [{}, { service: 'HealthcareService/specialist-ggz-horizonland' }])
        expect(addressOf(network, { partner: 'ggz-horizonland', ...service }, now).ok).toBe(false);
      expect(registeredEndpoints(network, 'ggz-horizonland', now)).toEqual([]);
      expect(network.resource(place)).toBeDefined();
    },
  );

  test.each([
    ['with TLS', 'https://other.example/fhir', []],
    ['on this machine', 'http://127.0.0.1:9/fhir', []],
    ['permitted by plain-http', 'http://other.example/fhir', ['other.example']],
  ])('%s receives', async (_, address, permitted) => {
    const network = await networkWith(address, permitted);
    expect(addressOf(network, { partner: 'ggz-horizonland' }, now)).toMatchObject({
      ok: true,
      value: { url: address },
    });
    expect(registeredEndpoints(network, 'ggz-horizonland', now)).toEqual([address]);
  });
});

describe('the address of a partner', () => {
  test('is what the directory says, with the endpoint that said it', async () => {
    const network = await demoNetwork();
    expect(
      addressOf(network, { partner: 'ggz-horizonland', service: 'HealthcareService/specialist-ggz-horizonland' }, now),
    ).toMatchObject({
      ok: true,
      value: {
        url: 'https://ggz-horizonland.example/fhir',
        mimeType: 'application/fhir+json',
        endpoint: 'Endpoint/ggz-horizonland',
      },
    });
  });

  test('is a fixed one where there is one', async () => {
    const network = withAddresses(await demoNetwork(), { 'ggz-horizonland': 'http://127.0.0.1:9/fhir' });
    expect(addressOf(network, { partner: 'ggz-horizonland' }, now)).toMatchObject({
      ok: true,
      value: { url: 'http://127.0.0.1:9/fhir' },
    });
  });

  test('is undefined for an inbox partner and for an unknown one', async () => {
    const network = await demoNetwork();
    for (const partner of ['sociaal-werk-lissenmond', 'nobody'])
      expect(addressOf(network, { partner }, now).issues.map(({ rule }) => rule)).toEqual([
        'directory-endpoint-missing',
      ]);
  });
});
