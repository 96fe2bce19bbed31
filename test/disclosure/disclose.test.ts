import type { Bundle, Consent, ConsentProvision, Resource, Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DisclosureQuestion, disclose, type Recipient } from '../../src/disclosure/index.ts';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { digestOf } from '../../src/fhir/digest.ts';
import { writeJson } from '../../src/fhir/json.ts';
import { grounds } from '../support/disclosure/grounds.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';
import { caseInput } from '../support/routing/demo-network.ts';

const now = new Date('2026-11-22T10:00:00Z');

const team: Recipient = {
  partner: 'registration-team',
  domain: 'network',
  references: ['Organization/network', 'HealthcareService/team'],
  identifiers: [{ system: 'http://fhir.nl/fhir/NamingSystem/kvk', value: '99990001' }],
  projections: projectionsFor('network'),
};
const practice: Recipient = {
  partner: 'gp-de-linde',
  domain: 'care',
  references: ['Organization/gp-de-linde'],
  identifiers: [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '99990101' }],
  projections: projectionsFor('care'),
};
const stranger: Recipient = {
  partner: 'ggz-de-kade',
  domain: 'care',
  references: ['Organization/ggz-de-kade'],
  identifiers: [],
  projections: projectionsFor('care'),
};

const basis = (code: string): NonNullable<Task['extension']> => [
  {
    url: mgnExtension('legal-basis'),
    valueCodeableConcept: { coding: [{ system: mgnCodeSystem('legal-basis'), code }] },
  },
];

/** The referral of the routing cases, given to the team. */
function referral(change: Partial<Task> = {}, more: readonly Resource[] = []): Bundle {
  const graph: Bundle = caseInput('municipality-zonnerveen');
  for (const { resource } of graph.entry ?? [])
    if (resource?.resourceType === 'Task')
      Object.assign(resource, { owner: { reference: 'HealthcareService/team' }, ...change });
  graph.entry?.push(...more.map((resource) => ({ fullUrl: `urn:uuid:${resource.id}`, resource })));
  return graph;
}

const personAddress = referral().entry?.find(({ resource }) => resource?.resourceType === 'Patient')?.fullUrl ?? '';

const ask = (more: Partial<DisclosureQuestion> = {}) =>
  disclose({ graph: referral(), recipient: team, sender: 'gp-de-linde', purpose: 'referral', now, grounds, ...more });

const given = (disclosed: ReturnType<typeof disclose>): string[] =>
  disclosed.kind === 'permitted'
    ? (disclosed.bundle.entry ?? []).map(({ resource }) => resource?.resourceType ?? '')
    : [];
const refusals = (disclosed: ReturnType<typeof disclose>): string[] =>
  disclosed.kind === 'refused' ? disclosed.issues.map(({ rule }) => rule) : [];

describe('within care', () => {
  test('the owner of the Task gets the referral, on the recorded legal basis', () => {
    const disclosed = ask();
    expect(given(disclosed)).toEqual([
      'ServiceRequest',
      'Task',
      'Patient',
      'PractitionerRole',
      'Organization',
      'Condition',
    ]);
    expect(disclosed).toMatchObject({
      legalBasis: 'referral-within-care',
      receipt: { relation: 'owner', withheld: [] },
    });
  });

  test('what nothing of the referral leads to is withheld, and the receipt says so', () => {
    const unrelated: Resource = { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' } };
    const disclosed = ask({ graph: referral({}, [unrelated]) });
    expect(given(disclosed)).not.toContain('Observation');
    expect(disclosed.receipt.withheld).toEqual([
      { resourceType: 'Observation', count: 1, reason: 'not-part-of-referral' },
    ]);
  });

  test('people close to the person go along, though R4 lets them point to the person only', () => {
    const friend: Resource = { resourceType: 'RelatedPerson', id: 'f', patient: { reference: 'Patient/person' } };
    const anothers: Resource = { resourceType: 'RelatedPerson', id: 'g', patient: { reference: 'Patient/another' } };
    const disclosed = ask({ graph: referral({}, [friend, anothers]) });
    expect(disclosed.receipt.disclosed.RelatedPerson).toBe(1);
  });

  test('who asked gets the Task alone, to know how it stands', () => {
    for (const purpose of ['status', 'referral'] as const) {
      const disclosed = ask({ recipient: practice, purpose });
      expect(given(disclosed)).toEqual(['Task']);
      expect(disclosed.receipt).toMatchObject({ relation: 'requester' });
      expect(disclosed.receipt.withheld.every(({ reason }) => reason === 'status-only')).toBe(true);
    }
  });

  test('the referrer is also known by the organisation of the requester, whoever sent it', () => {
    expect(given(ask({ recipient: practice, sender: 'another' }))).toEqual(['Task']);
  });

  test('the owner gets no more than the Task when told how it stands', () => {
    expect(given(ask({ purpose: 'status' }))).toEqual(['Task']);
  });

  test('nobody else gets anything', () => {
    const disclosed = ask({ recipient: stranger });
    expect(refusals(disclosed)).toEqual(['recipient-not-party']);
    expect(disclosed.receipt).toMatchObject({ disclosed: {}, relation: 'none' });
  });

  test('a Task without owner is given to nobody', () => {
    expect(refusals(ask({ graph: referral({ owner: {} }) }))).toEqual(['recipient-not-party']);
  });

  test('a BSN in Task.for is not given on', () => {
    const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999901102' };
    const disclosed = ask({ graph: referral({ for: { reference: 'Patient/person', identifier: bsn } }) });
    const [task] =
      disclosed.kind === 'permitted'
        ? (disclosed.bundle.entry ?? []).flatMap((it) => (it.resource?.resourceType === 'Task' ? [it.resource] : []))
        : [];
    expect(task?.for).toEqual({ reference: 'Patient/person' });
  });
});

describe('without a reason nothing goes', () => {
  test('no legal basis', () =>
    expect(refusals(ask({ graph: referral({ extension: [] }) }))).toEqual(['no-legal-basis']));

  test('a legal basis that the gateway does not know', () => {
    expect(refusals(ask({ graph: referral({ extension: basis('because') }) }))).toEqual(['legal-basis-invalid']);
  });

  test('the social domain gets no whole referral', () => {
    expect(refusals(ask({ recipient: { ...team, domain: 'social' } }))).toEqual(['social-domain-referral-forbidden']);
  });

  test('the social domain hears how its own request stands, without a word of care', () => {
    const graph = referral({ note: [{ text: 'Somber' }], description: 'Somber' });
    const disclosed = ask({
      graph,
      recipient: { ...practice, domain: 'social', projections: projectionsFor('social') },
      purpose: 'status',
    });
    expect(given(disclosed)).toEqual(['Task']);
    expect(JSON.stringify([disclosed.receipt, disclosed.kind === 'permitted' && disclosed.bundle])).not.toContain(
      'Somber',
    );
  });
});

describe('what the person said', () => {
  const consent = (provision: ConsentProvision, more: Partial<Consent> = {}): Consent => ({
    resourceType: 'Consent',
    id: 'c',
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }],
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
    patient: { reference: personAddress },
    dateTime: '2026-11-20',
    provision,
    ...more,
  });
  const recipient = (reference: string) => ({
    role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
    reference: { reference },
  });
  const team_ = [recipient('Organization/network')];
  const asked = (legalBasis: string, ...consents: readonly Consent[]) =>
    ask({ graph: referral({ extension: basis(legalBasis) }, consents) });

  test.each<[string, ConsentProvision, string[]]>([
    ['an objection to this recipient', { type: 'deny', actor: team_ }, ['consent-denied']],
    ['an objection to everybody', { type: 'deny' }, ['consent-denied']],
    ['an objection to somebody else', { type: 'deny', actor: [recipient('Organization/other')] }, []],
    [
      'an objection to everybody but this recipient',
      { type: 'deny', provision: [{ type: 'permit', actor: team_ }] },
      [],
    ],
    [
      'a permission to everybody but this recipient',
      { type: 'permit', provision: [{ type: 'deny', actor: team_ }] },
      ['consent-denied'],
    ],
    [
      'an objection to a part, which cannot be cut out here',
      { type: 'deny', class: [{ code: 'x' }] },
      ['consent-denied'],
    ],
    ['an objection that has ended', { type: 'deny', period: { end: '2026-11-21' } }, []],
    ['an objection that ends today', { type: 'deny', period: { end: '2026-11-22' } }, ['consent-denied']],
    [
      'an objection to research',
      { type: 'deny', purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }] },
      [],
    ],
    [
      'an objection to the whole domain',
      {
        type: 'deny',
        extension: [
          {
            url: mgnExtension('domain'),
            valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'network' }] },
          },
        ],
      },
      ['consent-denied'],
    ],
    [
      'an objection to another domain',
      {
        type: 'deny',
        extension: [
          {
            url: mgnExtension('domain'),
            valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'social' }] },
          },
        ],
      },
      [],
    ],
  ])('%s', (_, provision, expected) => {
    expect(refusals(asked('referral-within-care', consent(provision)))).toEqual(expected);
  });

  test('an objection prevails over a permission of the same precision, and a permission to this recipient over it', () => {
    const given = (actor: typeof team_ | undefined) => [
      consent({ type: 'permit', actor: team_ }),
      { ...consent({ type: 'deny', ...(actor ? { actor } : {}) }), id: 'd' },
    ];
    expect(refusals(asked('referral-within-care', ...given(team_)))).toEqual(['consent-denied']);
    expect(refusals(asked('referral-within-care', ...given(undefined)))).toEqual([]);
  });

  test('explicit consent as legal basis needs the Consent itself, active, for this recipient and without limits', () => {
    expect(refusals(asked('explicit-consent'))).toEqual(['consent-missing']);
    expect(refusals(asked('explicit-consent', consent({ type: 'permit', actor: team_ })))).toEqual([]);
    expect(
      refusals(asked('explicit-consent', consent({ type: 'permit', actor: team_ }, { status: 'inactive' }))),
    ).toEqual(['consent-missing']);
    expect(
      refusals(asked('explicit-consent', consent({ type: 'permit', actor: [recipient('Organization/other')] }))),
    ).toEqual(['consent-missing']);
    expect(
      refusals(asked('explicit-consent', consent({ type: 'permit', actor: team_, code: [{ text: 'letter only' }] }))),
    ).toEqual(['consent-missing']);
  });
});

describe('the receipt', () => {
  test('counts what was given and what was not, names the legal basis, and proves the content by its digest', () => {
    const disclosed = ask({ recipient: practice, purpose: 'status' });
    if (disclosed.kind !== 'permitted') throw new Error('refused');
    expect(disclosed.receipt).toEqual({
      recipient: 'gp-de-linde',
      domain: 'care',
      purpose: 'status',
      relation: 'requester',
      legalBasis: 'referral-within-care',
      disclosed: { Task: 1 },
      withheld: ['ServiceRequest', 'Patient', 'PractitionerRole', 'Organization', 'Condition'].map((resourceType) => ({
        resourceType,
        count: 1,
        reason: 'status-only',
      })),
      decidedAt: '2026-11-22T10:00:00.000Z',
      digest: digestOf(writeJson(disclosed.bundle)),
    });
  });

  test('and the refusal hold no personal data', () => {
    for (const question of [
      {},
      { recipient: stranger },
      { recipient: practice },
      { graph: referral({ extension: [] }) },
    ]) {
      const { kind: _, receipt, ...rest } = ask(question);
      const issues = 'issues' in rest ? rest.issues : [];
      expect(JSON.stringify({ receipt, issues })).not.toMatch(/Proefpersoon|999901102|Verzonnenlaan|P03/);
    }
  });
});

test('whoever asks for whatever reason: only the owner ever gets more than the Task', () => {
  const recipients = fc
    .record({
      partner: fc.constantFrom('registration-team', 'gp-de-linde', 'ggz-de-kade'),
      domain: fc.constantFrom('care' as const, 'social' as const, 'network' as const),
      references: fc.subarray([
        'HealthcareService/team',
        'Organization/network',
        'Organization/other',
        'Patient/person',
      ]),
      identifiers: fc.subarray([...team.identifiers, ...practice.identifiers]),
    })
    .map((it) => ({ ...it, projections: projectionsFor(it.domain) }));
  const purposes = fc.constantFrom('referral' as const, 'status' as const);
  const bases = fc.constantFrom(...['referral-within-care', 'explicit-consent', 'own-request', 'nonsense', '']);
  fc.assert(
    fc.property(
      recipients,
      purposes,
      bases,
      fc.option(fc.constantFrom('gp-de-linde', 'other'), { nil: undefined }),
      (recipient, purpose, code, sender) => {
        const graph = referral({ extension: basis(code) });
        const disclosed = disclose({ graph, recipient, purpose, now, grounds, ...(sender ? { sender } : {}) });
        if (disclosed.kind === 'refused') return disclosed.issues.length === 1;
        const isOwner = recipient.references.includes('HealthcareService/team');
        const isWhole = isOwner && purpose === 'referral' && recipient.domain !== 'social';
        return isWhole || given(disclosed).join() === 'Task';
      },
    ),
    { numRuns: 500, seed: 20261122 },
  );
});
