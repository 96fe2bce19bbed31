/** A fictive conversation at the team of Zonnerveen, for tests: the record of an order, with what it asks of others. */
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension, mgnProfile } from '../../../src/fhir/canonical.ts';
import { locationOf, type TestGateway } from '../test-gateway.ts';

export const coded = (system: string, code: string) => ({ coding: [{ system: mgnCodeSystem(system), code }] });
export const lifeDomain = (code: string) => ({
  url: mgnExtension('life-domain'),
  valueCodeableConcept: coded('zrm-domain', code),
});
const at = (n: number) => `urn:uuid:5f0c1f0e-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`;
const person = { display: 'de persoon van de opdracht' };
const named = (profile: string) => ({ meta: { profile: [mgnProfile(profile)] } });

/** Sends the referral of `body` and has the team take it on: `ServiceRequest/<id>` of its order. */
export async function acceptedOrder(gateway: TestGateway, body: Buffer | string, as = 'gp-de-linde'): Promise<string> {
  const answer = await gateway.ask('POST', '/fhir', { as, body });
  const task = locationOf(answer, 'Task');
  const accepted = await gateway.ask('PATCH', `/fhir/${task}`, {
    as: 'registration-team',
    body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"1"' },
  });
  if (accepted.status !== 200) throw new Error(accepted.text);
  return locationOf(answer, 'ServiceRequest')!;
}

const request = (useCase: string, more: object): object => ({
  resourceType: 'ServiceRequest',
  ...named('referral'),
  status: 'active',
  intent: 'order',
  category: [coded('use-case', useCase)],
  subject: person,
  authoredOn: '2026-11-27T14:30:00+01:00',
  requester: { display: 'Aanmeldteam' },
  ...more,
});

export const advice = request('advice', {
  intent: 'proposal',
  reasonCode: [{ text: 'Advies: verwijzing naar de basis-ggz voor slaapproblemen' }],
});
export const social = request('social-request', {
  extension: [lifeDomain('finances')],
  performer: [{ reference: 'HealthcareService/neighbourhood-team-zonnerveen' }],
  reasonCode: [{ text: 'Schaamt zich voor schulden, somber' }],
});
export const transfer = request('transfer', {
  performer: [{ reference: 'HealthcareService/specialist-ggz-horizonland' }],
  reasonCode: [{ text: 'Somber en slaapt slecht' }],
});
export const consent = {
  resourceType: 'Consent',
  ...named('consent'),
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }],
  patient: person,
  dateTime: '2026-11-27',
  policy: [{ uri: 'https://wetten.overheid.nl/BWBR0005290' }],
  provision: {
    type: 'permit',
    extension: [{ url: mgnExtension('domain'), valueCodeableConcept: coded('domain', 'social') }],
  },
};

/** The record of a finished conversation about `basedOn`, with a plan, and `more` that follows from it. */
export function recordOf(
  basedOn: object,
  more: readonly object[] = [],
  change: { readonly plan?: false } = {},
): Bundle {
  const asked = more.map((resource, index) => [at(20 + index), resource] as const);
  const orders = asked.filter(([, it]) => (it as Resource).resourceType === 'ServiceRequest');
  const resources: (readonly [string, object])[] = [
    [
      at(1),
      {
        resourceType: 'Encounter',
        ...named('conversation'),
        extension: [
          {
            url: mgnExtension('conversation-outcome'),
            valueCodeableConcept: coded('conversation-outcome', 'combination'),
          },
        ],
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        basedOn: [basedOn],
        subject: person,
        period: { start: '2026-11-27T13:00:00+01:00', end: '2026-11-27T14:30:00+01:00' },
        participant: [
          {
            type: [coded('professional-role', 'mental-health-professional')],
            individual: { display: 'G. Voorbeeldggz' },
          },
          {
            type: [coded('professional-role', 'social-domain-professional')],
            individual: { display: 'S. Voorbeeldwijk' },
          },
          { type: [{ text: 'buurman' }], individual: { display: 'B. Voorbeeldbuur' } },
        ],
      },
    ],
    ...(change.plan === false
      ? []
      : ([
          [
            at(2),
            {
              resourceType: 'CarePlan',
              ...named('action-plan'),
              extension: [{ url: mgnExtension('strength'), valueString: 'Kan goed koken' }],
              status: 'active',
              intent: 'plan',
              description: 'Somber na ontslag',
              subject: person,
              encounter: { reference: at(1) },
              careTeam: [{ reference: at(5) }],
              goal: [{ reference: at(3) }, { reference: at(4) }],
              activity: [
                {
                  detail: {
                    extension: [lifeDomain('finances')],
                    code: coded('activity-kind', 'self-help'),
                    status: 'not-started',
                    description: 'Brieven ordenen',
                  },
                },
                ...orders.map(([reference]) => ({ reference: { reference } })),
              ],
            },
          ],
          [
            at(3),
            {
              resourceType: 'Goal',
              ...named('goal'),
              extension: [lifeDomain('finances')],
              lifecycleStatus: 'active',
              description: { text: 'Overzicht over mijn geld' },
              subject: person,
            },
          ],
          [
            at(4),
            {
              resourceType: 'Goal',
              ...named('goal'),
              extension: [lifeDomain('mental-health')],
              lifecycleStatus: 'active',
              description: { text: 'Beter slapen' },
              subject: person,
            },
          ],
          [
            at(5),
            {
              resourceType: 'CareTeam',
              ...named('care-team'),
              status: 'active',
              subject: person,
              participant: [{ member: { display: 'S. Voorbeeldwijk' } }],
            },
          ],
        ] as const)),
    ...asked,
  ];
  return {
    resourceType: 'Bundle',
    ...named('record-bundle'),
    type: 'collection',
    entry: resources.map(([fullUrl, resource]) => ({ fullUrl, resource: resource as Resource })),
  };
}

export const appointment = {
  resourceType: 'Appointment',
  ...named('conversation-appointment'),
  status: 'booked',
  start: '2026-11-27T13:00:00+01:00',
  end: '2026-11-27T14:30:00+01:00',
  basedOn: [{ display: 'de opdracht' }],
  participant: [
    { actor: person, status: 'accepted' },
    { actor: { display: 'Z. Voorbeeldzus' }, status: 'tentative' },
    { actor: { reference: 'HealthcareService/conversation-zonnerveen' }, status: 'accepted' },
  ],
};
