import type { Bundle, Consent, ConsentProvision, Extension, Goal, Resource, ServiceRequest } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { disclose, type Recipient } from '../../src/disclosure/index.ts';
import { mgnCodeSystem, mgnExtension, mgnProfile } from '../../src/fhir/canonical.ts';
import { digestOf } from '../../src/fhir/digest.ts';
import { isError } from '../../src/fhir/issue.ts';
import { typeModel } from '../../src/fhir/model.ts';
import { openValidator, type Validator } from '../../src/validation/index.ts';
import { grounds } from '../support/disclosure/grounds.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';
import { runs } from '../support/long.ts';
import { packageDir } from '../support/profiles/built-package.ts';

const now = new Date('2026-11-27T15:00:00Z');
const base = 'https://gateway.example/fhir';
const id = (n: number) => `5f0c1f0e-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`;

const wijkteam: Recipient = {
  partner: 'wijkteam',
  domain: 'social',
  references: ['Organization/wijkteam', 'HealthcareService/wijkteam'],
  identifiers: [],
  projections: projectionsFor('social'),
};
const municipality: Recipient = { ...wijkteam, isMunicipality: true };

const coded = (system: string, code: string) => ({ coding: [{ system: mgnCodeSystem(system), code }] });
const lifeDomain = (system: string, code: string): Extension => ({
  url: mgnExtension('life-domain'),
  valueCodeableConcept: coded(system, code),
});
const finances = lifeDomain('zrm-domain', 'finances');
const housing = lifeDomain('zrm-domain', 'housing');
const mental = lifeDomain('zrm-domain', 'mental-health');
const social: Extension = { url: mgnExtension('domain'), valueCodeableConcept: coded('domain', 'social') };

const person = { reference: `Patient/${id(1)}` };
const permit = (provision: ConsentProvision = {}, more: Partial<Consent> = {}): Consent => ({
  resourceType: 'Consent',
  id: id(9),
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }],
  patient: person,
  dateTime: '2026-11-27',
  provision: { type: 'permit', extension: [social], ...provision },
  ...more,
});
const goal = (n: number, text: string, ...extension: Extension[]): Goal => ({
  resourceType: 'Goal',
  id: id(n),
  extension,
  lifecycleStatus: 'active',
  description: { text },
  subject: person,
});

const order: ServiceRequest = {
  resourceType: 'ServiceRequest',
  id: id(2),
  extension: [finances, mental],
  status: 'active',
  intent: 'order',
  category: [coded('use-case', 'social-request')],
  subject: person,
  authoredOn: '2026-11-27',
  requester: { reference: `PractitionerRole/${id(8)}` },
  reasonCode: [{ text: 'Depressie' }],
};

function request(consents: readonly Consent[] = [permit()], more: readonly Resource[] = []): Bundle {
  const resources: Resource[] = [
    structuredClone(order),
    {
      resourceType: 'Task',
      id: id(3),
      extension: [{ url: mgnExtension('legal-basis'), valueCodeableConcept: coded('legal-basis', 'explicit-consent') }],
      status: 'requested',
      intent: 'order',
      code: {
        coding: [
          { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' },
          { system: mgnCodeSystem('use-case'), code: 'social-request' },
        ],
      },
      focus: { reference: `ServiceRequest/${id(2)}` },
      for: person,
      authoredOn: '2026-11-27',
      requester: { reference: `PractitionerRole/${id(8)}` },
      owner: { reference: 'HealthcareService/wijkteam' },
      note: [{ text: 'Bel eerst de psychiater' }],
    },
    {
      resourceType: 'Patient',
      id: id(1),
      identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999901102' }],
      name: [{ family: 'Proefpersoon', given: ['Testa'] }],
      telecom: [{ system: 'phone', value: '0600000001' }],
      birthDate: '1990-02-28',
    },
    goal(5, 'Weer overzicht over mijn geld', finances),
    goal(6, 'Beter slapen', mental),
    goal(7, 'Een eigen huis', housing),
    {
      resourceType: 'CarePlan',
      id: id(4),
      status: 'active',
      intent: 'plan',
      subject: person,
      description: 'Somber na ontslag',
      activity: [
        { detail: { status: 'not-started', description: 'Brieven ordenen', extension: [finances] } },
        { detail: { status: 'not-started', description: 'EMDR', extension: [mental] } },
        { detail: { status: 'not-started', description: 'Zonder levensdomein' } },
      ],
    },
    ...consents,
    ...more,
  ];
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
  };
}

function ask(graph: Bundle, recipient = wijkteam) {
  let made = 20;
  return disclose({
    graph,
    recipient,
    sender: 'gp-de-linde',
    purpose: 'referral',
    now,
    grounds,
    projection: {
      newId: () => id(made++),
      base,
      requester: { reference: 'Organization/gp-de-linde' },
      source: 'urn:x',
    },
  });
}
const bundleOf = (graph: Bundle, recipient = wijkteam): Bundle => {
  const given = ask(graph, recipient);
  if (given.kind === 'refused') throw new Error(given.issues.map(({ rule }) => rule).join());
  return given.bundle;
};
const rulesOf = (graph: Bundle, recipient = wijkteam): string[] => {
  const given = ask(graph, recipient);
  return given.kind === 'refused' ? given.issues.map(({ rule }) => rule) : [];
};
const textOf = (graph: Bundle, recipient = wijkteam) => JSON.stringify(bundleOf(graph, recipient));

let validator: Validator;
beforeAll(async () => {
  validator = await openValidator({ packages: [packageDir] });
});

describe('what the social domain gets', () => {
  test('whom it is about, what is asked, and the goals and activities in its own life domains', () => {
    const text = textOf(request());
    for (const told of [
      'Proefpersoon',
      '0600000001',
      'Weer overzicht over mijn geld',
      'Een eigen huis',
      'Brieven ordenen',
    ])
      expect(text).toContain(told);
  });

  test('nothing of care: no reason, no note, no goal or activity of another life domain or of none, no birth date', () => {
    const text = textOf(request());
    for (const kept of [
      'Depressie',
      'psychiater',
      'Beter slapen',
      'EMDR',
      'Somber',
      'mental-health',
      'Zonder levensdomein',
    ])
      expect(text).not.toContain(kept);
    expect(text).not.toContain('1990-02-28');
  });

  test('is valid for the profile of such requests', () => {
    const report = validator.validate(bundleOf(request()), { profiles: [mgnProfile('social-request-bundle')] });
    expect(report.issues.filter(isError)).toEqual([]);
    expect(report.verdict).toBe('valid');
  });

  test('has ids of its own, and the Task the one by which it is moved', () => {
    const ids = (bundleOf(request()).entry ?? []).map(({ resource }) => resource?.id);
    expect(ids).toContain(id(3));
    for (const theirs of [1, 2, 4, 5, 6, 7, 9]) expect(ids).not.toContain(id(theirs));
  });

  test('leaves its input as it was', () => {
    const graph = request();
    const before = digestOf(JSON.stringify(graph));
    ask(graph);
    expect(digestOf(JSON.stringify(graph))).toBe(before);
  });

  test('the receipt names what was withheld, by type', () => {
    const given = ask(request([permit()], [{ resourceType: 'Condition', id: id(30), subject: person }]));
    expect(given.receipt.purpose).toBe('social-request');
    expect(given.receipt.withheld).toContainEqual({
      resourceType: 'Condition',
      count: 1,
      reason: 'not-in-allow-list',
    });
  });
});

describe('the BSN', () => {
  const bsn = { code: [coded('data-category', 'bsn')] };
  test.each([
    ['to a municipality whose Consent names it', municipality, permit(bsn), true],
    ['not to a municipality whose Consent does not name it', municipality, permit(), false],
    ['not to anybody else, whatever the Consent names', wijkteam, permit(bsn), false],
  ] as const)('goes %s', (_, recipient, consent, goes) => {
    expect(textOf(request([consent]), recipient).includes('999901102')).toBe(goes);
  });
});

describe('without explicit consent nothing goes', () => {
  const other = { reference: 'Organization/another' };
  const role = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] };
  test.each([
    ['no Consent', [], 'social-consent-missing'],
    ['withdrawn', [permit({}, { status: 'inactive' })], 'social-consent-missing'],
    ['of another person', [permit({}, { patient: { reference: 'Patient/other' } })], 'social-consent-missing'],
    ['over', [permit({ period: { end: '2026-11-26' } })], 'social-consent-missing'],
    ['not begun', [permit({ period: { start: '2026-12-01' } })], 'social-consent-missing'],
    [
      'for another recipient',
      [permit({ extension: [], actor: [{ role, reference: other }] })],
      'social-consent-missing',
    ],
    ['for another life domain', [permit({ extension: [social, housing] })], 'social-consent-missing'],
    ['with a limit that nobody here can apply', [permit({ dataPeriod: { start: '2020' } })], 'social-consent-missing'],
    ['and an objection beside it', [permit(), permit({ type: 'deny' })], 'consent-denied'],
    [
      'with an exception for this life domain',
      [permit({ provision: [{ type: 'deny', extension: [finances] }] })],
      'consent-denied',
    ],
  ] as const)('%s', (_, consents, rule) => {
    expect(rulesOf(request(consents))).toEqual([rule]);
  });

  test('another legal basis than explicit consent', () => {
    const graph = request();
    const task = graph.entry?.find(({ resource }) => resource?.resourceType === 'Task')?.resource as Resource;
    Object.assign(task, {
      extension: [
        { url: mgnExtension('legal-basis'), valueCodeableConcept: coded('legal-basis', 'referral-within-care') },
      ],
    });
    expect(rulesOf(graph)).toEqual(['legal-basis-invalid']);
  });

  test('an order about life domains of care alone', () => {
    const graph = request();
    const asked = graph.entry?.[0]?.resource as Resource;
    Object.assign(asked, { extension: [mental] });
    expect(rulesOf(graph)).toEqual(['social-life-domain-missing']);
  });
});

describe('a limited Consent', () => {
  test('to one recipient permits that one', () => {
    const role = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] };
    const actor = [{ role, reference: { reference: 'Organization/wijkteam' } }];
    expect(rulesOf(request([permit({ extension: [], actor })]))).toEqual([]);
  });

  test('to categories: only these, and always who it is about and what is asked', () => {
    const text = textOf(request([permit({ code: [coded('data-category', 'goals')] })]));
    expect(text).toContain('Weer overzicht');
    expect(text).toContain('Proefpersoon');
    for (const kept of ['0600000001', 'Brieven ordenen']) expect(text).not.toContain(kept);
  });

  test('to a life domain: only what is about that alone', () => {
    const text = textOf(request([permit({ extension: [social, finances] })]));
    expect(text).toContain('Weer overzicht');
    expect(text).not.toContain('eigen huis');
  });

  test('an objection to one category takes that one away', () => {
    const deny = permit({ type: 'deny', code: [coded('data-category', 'contact-data')] });
    const text = textOf(request([permit(), deny]));
    expect(text).not.toContain('0600000001');
    expect(text).toContain('Weer overzicht');
  });
});

/** Every element of a type filled, words with their path in them. */
function filled(type: string, path: string, depth: number): unknown {
  const model = typeModel(type);
  if (!model || model.kind === 'primitive-type') return `MARK ${path}`;
  if (depth === 0 || type === 'Resource' || type === 'Reference' || type === 'Extension') return undefined;
  const elements = [...model.elements.values()].flatMap((element) => {
    const name = element.choice ? `${element.name}${'String'}` : element.name;
    const value = element.choice
      ? `MARK ${path}.${name}`
      : filled(element.types[0] ?? '', `${path}.${name}`, depth - 1);
    return value === undefined ? [] : [[name, element.array ? [value] : value] as const];
  });
  return Object.fromEntries(elements);
}

const wordsThatPass = new Set([
  ...['family', 'given', 'prefix'].map((it) => `Patient.name.${it}`),
  'Patient.telecom.value',
  ...['line', 'city', 'postalCode', 'country'].map((it) => `Patient.address.${it}`),
  'Goal.description.text',
  'CarePlan.activity.detail.description',
]);

describe('the allow-list', () => {
  const marked = ['ServiceRequest', 'Task', 'Patient', 'Goal', 'CarePlan'];
  const bystanders = [
    'Condition',
    'MedicationStatement',
    'Observation',
    'Composition',
    'RelatedPerson',
    'Practitioner',
  ];
  const kept = new Set(['resourceType', 'id', 'subject', 'focus', 'for', 'owner', 'extension', 'patient']);

  /** The sound request, with everything that its types have beside; `drop` leaves some of that out. */
  function decorated(
    drop: readonly boolean[],
    consents: readonly Consent[],
    lifeDomains: readonly Extension[],
  ): Bundle {
    const graph = structuredClone(request(consents));
    let at = 0;
    for (const { resource } of graph.entry ?? []) {
      if (!resource || !marked.includes(resource.resourceType)) continue;
      const all = filled(resource.resourceType, resource.resourceType, 5) as Record<string, unknown>;
      const target = resource as unknown as Record<string, unknown>;
      for (const [name, value] of Object.entries(all)) {
        at += 1;
        if (kept.has(name) || drop[at % drop.length]) continue;
        const taskIs = resource.resourceType === 'Task' && (name === 'code' || name === 'status');
        target[name] = taskIs ? target[name] : value;
      }
      target[`_unknown${at}`] = { text: 'MARK unknown' };
      if (resource.resourceType === 'Goal') target.extension = lifeDomains;
      if (resource.resourceType === 'CarePlan')
        for (const activity of (target.activity ?? []) as { detail?: { extension?: unknown } }[])
          if (activity.detail) activity.detail.extension = lifeDomains;
    }
    for (const type of bystanders) {
      const resource = { ...(filled(type, type, 3) as object), resourceType: type, id: `${type}-1`, subject: person };
      graph.entry?.push({ fullUrl: `${base}/${type}/${type}-1`, resource: resource as unknown as Resource });
    }
    return graph;
  }

  test('is all that passes, of any referral with any record', () => {
    const extension = fc.subarray([finances, housing, mental], { minLength: 0 });
    const consent = fc.record({
      type: fc.constantFrom('permit' as const, 'deny' as const),
      code: fc
        .subarray(['contact-data', 'goals', 'activities', 'bsn'])
        .map((it) => it.map((code) => coded('data-category', code))),
      limits: extension,
    });
    let passed = 0;
    let seen = 0;
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        fc.array(consent, { maxLength: 2 }),
        extension,
        fc.boolean(),
        (drop, told, lifeDomains, isMunicipality) => {
          const more = told.map(({ type, code, limits }) =>
            permit({ type, ...(code.length ? { code } : {}), extension: [social, ...limits] }),
          );
          const given = ask(
            decorated(drop, [permit(), ...more], lifeDomains),
            isMunicipality ? municipality : wijkteam,
          );
          if (given.kind === 'refused') return;
          passed += 1;
          const marks = [...JSON.stringify(given.bundle).matchAll(/MARK ([\w.]+)/g)].map(([, path]) => path ?? '');
          seen += marks.length;
          expect(marks.filter((path) => !wordsThatPass.has(path))).toEqual([]);
          const types = (given.bundle.entry ?? []).map(({ resource }) => resource?.resourceType);
          expect(types.filter((it) => !marked.includes(it ?? ''))).toEqual([]);
          if (lifeDomains.length === 0 || lifeDomains.includes(mental)) {
            expect(types).not.toContain('Goal');
            expect(types).not.toContain('CarePlan');
          }
          if (!isMunicipality) expect(JSON.stringify(given.bundle)).not.toContain('999901102');
        },
      ),
      { numRuns: runs(400) },
    );
    expect(passed, 'the property is about something').toBeGreaterThan(runs(100));
    // a third of a word each time, and few or many at once: a floor near the mean would depend on the seed
    expect(seen).toBeGreaterThan(runs(400) / 20);
  });
});
