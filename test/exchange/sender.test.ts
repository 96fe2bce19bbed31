import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directoryOrganizations } from '../../src/directory/load/organizations-and-services.ts';
import type { LoadedContext } from '../../src/exchange/memory/look-up.ts';
import { checkSender } from '../../src/exchange/sender/check-sender.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { grounds } from '../support/disclosure/grounds.ts';
import { expectRefusal, referralText } from '../support/exchange/example-referral.ts';
import { rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const example = (name: string, file = 'input.json') =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, file), 'utf8');

describe('a message is sent by a partner with a role for it', () => {
  test.each(['operator', 'herstelinitiatief-de-brug'])('%s sends no referral, and stores nothing', (as) =>
    expectRefusal(gateway, ['POST', '/fhir', { as, body: referralText }], [403, 'role-forbidden']),
  );

  test('an operator does not try one with $explain either', async () => {
    const answer = await gateway.ask('POST', '/fhir/$explain', { as: 'operator', body: referralText });
    expect(rulesOf(answer)).not.toContain('second-referral');
    expect(answer.text).toContain('role-forbidden');
  });
});

describe('a message is sent in the name of its sender', () => {
  test('another practice as requester: refused, unless the sender acts for it', async () => {
    await expectRefusal(
      gateway,
      ['POST', '/fhir', { as: 'gp-veenzicht', body: referralText }],
      [403, 'requester-not-represented'],
    );
    const { network } = await demoConfiguration();
    const sender = network.partners.get('gp-veenzicht')!;
    const senders = ['referrer'] as const;
    const sent = {
      graph: JSON.parse(referralText) as Bundle,
      loaded: { resources: new Map() } as unknown as LoadedContext,
    };
    expect(checkSender({ network, grounds }, { ...sent, partner: sender }, { senders }).ok).toBe(false);
    const acting = { ...sender, actsFor: ['Organization/gp-de-linde'] };
    expect(checkSender({ network, grounds }, { ...sent, partner: acting }, { senders }).ok).toBe(true);
  });

  test('the directory says who acts for whom: the whole of a part, and a partner for exchange; not a member', () => {
    const organization = (id: string, partOf?: string) => ({
      resourceType: 'Organization',
      id,
      extension: [
        {
          url: 'https://mgn.example/fhir/StructureDefinition/mgn-domain',
          valueCodeableConcept: {
            coding: [{ system: 'https://mgn.example/fhir/CodeSystem/mgn-domain', code: 'care' }],
          },
        },
      ],
      ...(partOf ? { partOf: { reference: `Organization/${partOf}` } } : {}),
    });
    const affiliation = (id: string, of: string, by: string, code: string) => ({
      resourceType: 'OrganizationAffiliation',
      id,
      active: true,
      organization: { reference: `Organization/${of}` },
      participatingOrganization: { reference: `Organization/${by}` },
      code: [{ coding: [{ system: 'http://hl7.org/fhir/organization-role', code }] }],
    });
    const filed = [
      organization('network'),
      organization('group'),
      organization('practice', 'group'),
      organization('hub'),
      affiliation('one', 'network', 'hub', 'HIE/HIO'),
      affiliation('two', 'practice', 'hub', 'HIE/HIO'),
      affiliation('three', 'group', 'hub', 'member'),
    ].map((resource) => ({ resource: resource as Resource & { id: string }, file: 'test' }));
    const { value } = directoryOrganizations(filed, 'Organization/network', new Map());
    expect([...value].map(([reference, it]) => [reference, it.representedBy])).toEqual([
      ['Organization/network', undefined],
      ['Organization/group', undefined],
      ['Organization/practice', ['Organization/group', 'Organization/hub']],
      ['Organization/hub', undefined],
    ]);
  });
});

describe('presumed consent within care is no ground of a party outside care', () => {
  const social = example('009-referral-by-social-work').replaceAll('explicit-consent', 'referral-within-care');
  test.each([
    ['in the profile of the gateway', '/fhir', social, 'application/fhir+json'],
    ['as an ELZ referral', '/fhir', example('004-elz-referral-json'), 'application/fhir+json'],
    ['as REF^I12', '/intake/referral', example('120-ref-i12', 'input.hl7'), 'x-application/hl7-v2+er7'],
    ['as a JSON form', '/intake/referral', example('127-referral-form'), 'application/json'],
  ])('%s: refused', async (_, path, body, contentType) => {
    const answer = await gateway.ask('POST', path, { as: 'sociaal-werk-lissenmond', body, contentType });
    expect(answer.status, answer.text.slice(0, 600)).toBe(403);
    expect(answer.text).toMatch(/legal-basis-outside-care|presumed consent/i);
  });
});
