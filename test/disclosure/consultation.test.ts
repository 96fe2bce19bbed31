import type { Bundle, Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  anonymousInvitation,
  type ConsultationQuestion,
  consultationRight,
  extractOfTask,
  type Recipient,
} from '../../src/disclosure/index.ts';
import { mgnCodeSystem, mgnExtension, mgnNaming } from '../../src/fhir/canonical.ts';
import { grounds } from '../support/disclosure/grounds.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';

/** By which right an organisation is told of a case consultation: over every mixture of domain, part, basis and Consent. */
const now = new Date('2026-12-01T10:00:00Z');
const organization = 'Organization/one';

const recipientRole = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
};
const consentOf = (type: 'permit' | 'deny', who: string) => ({
  resource: {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }],
    patient: { reference: 'Patient/1' },
    dateTime: '2026-11-30',
    provision: { type, actor: [{ role: recipientRole, reference: { reference: who } }] },
  },
});
const question = fc.record({
  domain: fc.constantFrom('care', 'social', 'network'),
  isParty: fc.boolean(),
  legalBasis: fc.constantFrom(
    undefined,
    'referral-within-care',
    'treatment-relationship',
    'explicit-consent',
    'own-request',
    'vital-interest',
    'legal-duty',
  ),
  consents: fc.array(
    fc.record({ type: fc.constantFrom('permit', 'deny'), who: fc.constantFrom(organization, 'Organization/other') }),
    { maxLength: 3 },
  ),
});

type Asked = typeof question extends fc.Arbitrary<infer T> ? T : never;
const asked = ({ domain, isParty, legalBasis, consents }: Asked): ConsultationQuestion => ({
  graph: {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { resource: { resourceType: 'Patient', id: '1' } },
      ...consents.map(({ type, who }) => consentOf(type, who)),
    ],
  } as Bundle,
  recipient: {
    partner: 'one',
    domain,
    references: [organization],
    identifiers: [],
    projections: projectionsFor(domain),
  } satisfies Recipient,
  isParty,
  grounds,
  legalBasis,
  lifeDomains: [],
  now,
});
const says = ({ consents }: Asked, type: string) => consents.some((it) => it.type === type && it.who === organization);

test('an objection closes the door, and so does a basis that is not recorded', () => {
  fc.assert(
    fc.property(question, (it) => {
      fc.pre(says(it, 'deny') || it.legalBasis === undefined);
      expect(consultationRight(asked(it)).ok).toBe(false);
    }),
  );
});

test('the social domain never gets it whole, and nothing but an explicit Consent opens it', () => {
  fc.assert(
    fc.property(question, (it) => {
      fc.pre(it.domain === 'social');
      const right = consultationRight(asked(it));
      if (right.ok) expect(right.value).toBe(says(it, 'permit') ? 'extract' : 'nothing');
      expect(right.ok).toBe(it.legalBasis === 'explicit-consent' && !says(it, 'deny'));
    }),
  );
});

test('elsewhere it opens to who takes part, who the person permits, or where another right is recorded', () => {
  fc.assert(
    fc.property(question, (it) => {
      fc.pre(it.domain !== 'social' && it.legalBasis !== undefined && !says(it, 'deny'));
      const open =
        says(it, 'permit') ||
        (it.isParty && it.legalBasis !== 'explicit-consent') ||
        ['vital-interest', 'legal-duty'].includes(it.legalBasis ?? '');
      const right = consultationRight(asked(it));
      expect(right.ok && right.value).toBe(open ? 'whole' : 'nothing');
    }),
  );
});

const words = 'MARKED';
const mark = {
  url: mgnExtension('domain'),
  valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'social' }] },
};
const agenda = {
  type: { coding: [{ system: mgnCodeSystem('task-input'), code: 'agenda-item', display: words }] },
  valueString: words,
};
const task = {
  resourceType: 'Task',
  id: 't',
  identifier: [
    { system: mgnNaming('task'), value: 't' },
    { system: 'urn:own', value: words },
  ],
  status: 'requested',
  intent: 'order',
  code: {
    coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill', display: words }],
    text: words,
  },
  description: words,
  note: [{ text: words }],
  focus: { reference: 'ServiceRequest/1', display: words },
  for: { reference: 'Patient/1', display: words },
  reasonCode: { text: words },
  input: [agenda, { ...agenda, extension: [mark], valueString: 'for all to read' }],
} as Task;

const context = { coordinator: { display: 'Coördinator' }, projections: projectionsFor('social') };

test('an empty invitation holds no words, no person and nothing to begin on', () => {
  const empty = anonymousInvitation(task, context);
  expect(JSON.stringify(empty)).not.toMatch(/MARKED|Patient|for all to read/);
  expect(empty.code?.coding?.[0]?.code).toBe('request-fulfillment');
});

test('the extract holds the words that are marked for the social domain, and no others', () => {
  const extract = extractOfTask(task, { reference: 'Patient/2' }, context);
  expect(JSON.stringify(extract)).not.toMatch(/MARKED|Patient\/1/);
  expect(extract.input?.map(({ valueString }) => valueString)).toEqual(['for all to read']);
});
