import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consentVerdict } from '../../src/disclosure/consent.ts';
import { explicitConsent } from '../../src/disclosure/explicit-consent.ts';
import type { Recipient } from '../../src/disclosure/index.ts';
import { understoodConsent, understoodProvision } from '../../src/disclosure/understood-consent.ts';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { graphOf } from '../../src/fhir/graph.ts';
import { typeModel } from '../../src/fhir/model.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';

const now = new Date('2026-11-27T15:00:00Z');
const wijkteam: Recipient = {
  partner: 'wijkteam',
  domain: 'social',
  references: ['Organization/wijkteam'],
  identifiers: [],
  projections: projectionsFor('social'),
};
const concept = (system: string, code: string) => ({ coding: [{ system, code }] });
const own = (name: string, code: string) => concept(mgnCodeSystem(name), code);
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const social = { url: mgnExtension('domain'), valueCodeableConcept: own('domain', 'social') };

/** Everything that is understood, and permits. */
const permit = (): Consent => ({
  resourceType: 'Consent',
  id: 'c',
  meta: { versionId: '1', lastUpdated: '2026-11-20T10:00:00Z', profile: ['https://mgn.example/p'] },
  language: 'nl',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Toestemming</div>' },
  identifier: [{ system: 'urn:own', value: '1' }],
  status: 'active',
  scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
  category: [concept(actCode, 'IDSCL')],
  patient: { reference: 'Patient/1' },
  dateTime: '2026-11-20',
  performer: [{ reference: 'Patient/1' }],
  organization: [{ reference: 'Organization/gp' }],
  sourceAttachment: { contentType: 'application/pdf', title: 'Formulier' },
  policy: [{ uri: 'https://wetten.overheid.nl/BWBR0005290' }],
  policyRule: concept(actCode, 'OPTIN'),
  verification: [{ verified: true, verificationDate: '2026-11-21' }],
  provision: {
    type: 'permit',
    period: { start: '2026-11-20', end: '2027-11-20' },
    extension: [social],
    actor: [{ role: concept(participation, 'IRCP'), reference: { reference: 'Organization/wijkteam' } }],
    action: [concept('http://terminology.hl7.org/CodeSystem/consentaction', 'disclose')],
    purpose: [{ system: actReason, code: 'TREAT' }],
  },
});

const verdictsOf = (consent: unknown, recipient: Recipient = wijkteam): string[] => {
  const person = { resourceType: 'Patient', id: '1' };
  const graph = graphOf({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resource: person }, { resource: consent }],
  } as Bundle);
  const patient = graph.first('Patient');
  const check = explicitConsent(graph, patient, recipient, now);
  return [
    consentVerdict(graph, recipient, now, patient),
    check({}),
    check({ category: 'goals', lifeDomain: `${mgnCodeSystem('zrm-domain')}|finances` }),
    check({ category: 'contact-data' }),
    check({ category: 'bsn' }),
  ];
};
const permitted = ['permit', 'permit', 'permit', 'permit', 'silent'];
const undecided = ['silent', 'silent', 'silent', 'silent', 'silent'];
const denied = ['deny', 'deny', 'deny', 'deny', 'deny'];

test('what is understood completely permits', () => expect(verdictsOf(permit())).toEqual(permitted));

const withProvision = (more: object) => ({ ...permit(), provision: { ...permit().provision, ...more } });
const notUnderstood: readonly (readonly [string, object])[] = [
  ['a purpose that is none of the lists', withProvision({ purpose: [{ system: actReason, code: 'HOPERAT' }] })],
  ['a purpose of another system', withProvision({ purpose: [{ system: 'urn:own', code: 'TREAT' }] })],
  ['not verified', { ...permit(), verification: [{ verified: false }] }],
  ['verified and not verified', { ...permit(), verification: [{ verified: true }, { verified: false }] }],
  ['signed in the future', { ...permit(), dateTime: '2027-01-01' }],
  ['signed in an hour', { ...permit(), dateTime: '2026-11-27T16:00:00Z' }],
  ['for research', { ...permit(), category: [concept(actCode, 'RESEARCH')] }],
  ['for disclosure and research', { ...permit(), category: [concept(actCode, 'IDSCL'), concept(actCode, 'RESEARCH')] }],
  ['with a category in words', { ...permit(), category: [{ ...concept(actCode, 'IDSCL'), text: 'alleen onderzoek' }] }],
  ['another scope', { ...permit(), scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'research') }],
  ['an opt-out as policy', { ...permit(), policyRule: concept(actCode, 'OPTOUT') }],
  ['an unknown data category', withProvision({ code: [concept('http://snomed.info/sct', '35489007')] })],
  ['a known and an unknown data category', withProvision({ code: [own('data-category', 'goals'), { text: 'brief' }] })],
  ['an unknown domain', withProvision({ extension: [{ url: social.url, valueCodeableConcept: own('domain', 'x') }] })],
  ['a domain without a code', withProvision({ extension: [social, { url: social.url }] })],
  ['an extension that could limit it', withProvision({ extension: [social, { url: 'urn:own', valueBoolean: true }] })],
  ['an actor that is no recipient', withProvision({ actor: [{ role: concept(participation, 'CST'), reference: {} }] })],
  ['an action other than disclosure', withProvision({ action: [concept('urn:own', 'read')] })],
  ['a class', withProvision({ class: [{ system: 'urn:own', code: 'letter' }] })],
  ['an exception that is not understood', withProvision({ provision: [{ type: 'permit', securityLabel: [{}] }] })],
  ['a modifier extension', { ...permit(), modifierExtension: [{ url: 'urn:own', valueBoolean: true }] }],
  ['an extension of a primitive', withProvision({ _type: { extension: [{ url: 'urn:own', valueString: 'niet' }] } })],
  ['a security label on the Consent', { ...permit(), meta: { security: [{ code: 'R' }] } }],
  ['a narrative with more than its elements', { ...permit(), text: { status: 'additional', div: '<div/>' } }],
  ['not active yet', { ...permit(), status: 'proposed' }],
  ['without a date', { ...permit(), dateTime: undefined }],
];

describe('anything that is not understood leaves a permit undecided, and a denial a denial', () => {
  test.each(notUnderstood)('%s', (_, consent) => {
    const it = JSON.parse(JSON.stringify(consent)) as Consent;
    expect(verdictsOf(it)).toEqual(undecided);
    const denial = { ...it, provision: { ...it.provision, type: 'deny' } };
    expect(verdictsOf(denial)).toEqual(denied);
  });

  test('a permission within a denial that is not understood does not open it', () => {
    const provision = { type: 'deny', provision: [{ type: 'permit', class: [{ code: 'x' }] }] };
    expect(verdictsOf({ ...permit(), provision })).toEqual(denied);
  });

  test('a purpose other than care alone does not apply, and neither does a denial for it', () => {
    const research = [{ system: actReason, code: 'HRESCH' }];
    expect(verdictsOf(withProvision({ purpose: research }))).toEqual(undecided);
    expect(verdictsOf(withProvision({ purpose: research, type: 'deny' }))).toEqual(undecided);
  });

  test('a Consent of somebody else does not permit', () => {
    expect(verdictsOf({ ...permit(), patient: { reference: 'Patient/2' } })).toEqual(undecided);
  });
});

test('every element of Consent has a line', () => {
  const names = (type: string) => [...typeModel(type)!.properties.keys()].filter((it) => it !== 'id').sort();
  const lines = (it: object) => Object.keys(it).filter((name) => name !== 'id' && name !== 'resourceType');
  expect(lines(understoodConsent).sort()).toEqual(names('Consent'));
  expect(lines(understoodProvision).sort()).toEqual(names('Consent.provision'));
});

test('the page lists every element, with what permits', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/guide/consent.md'), 'utf8');
  const section = /^## What permits\n(.*?)^## /ms.exec(page)?.[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
  const all = [
    ...Object.keys(understoodConsent).filter((it) => it !== 'resourceType' && it !== 'id'),
    ...Object.keys(understoodProvision).flatMap((it) => (it === 'id' ? [] : [`provision.${it}`])),
  ];
  expect(listed.sort()).toEqual(all.sort());
});

/** The objects of a Consent, each a place where something can be added. */
const objectsIn = (value: unknown): Record<string, unknown>[] =>
  typeof value !== 'object' || value === null
    ? []
    : [...(Array.isArray(value) ? [] : [value as Record<string, unknown>]), ...Object.values(value).flatMap(objectsIn)];

test('whatever is added that no list names, wherever: never wider, and no permit', () => {
  const anything = fc.oneof(
    fc.record({ name: fc.constantFrom('extension', 'modifierExtension'), value: fc.constant([{ url: 'urn:x' }]) }),
    fc.record({ name: fc.constantFrom('_type', '_status', '_code', '_start', '_reference'), value: fc.object() }),
    fc.record({ name: fc.string({ minLength: 1 }).map((it) => `x${it}`), value: fc.anything() }),
    fc.record({
      name: fc.constantFrom('securityLabel', 'class', 'dataPeriod', 'data', 'implicitRules', 'contained', 'text'),
      value: fc.constantFrom([{ code: 'x' }], { text: 'x' }),
    }),
  );
  const count = objectsIn(permit()).length;
  const recipient = fc
    .record({
      partner: fc.constant('p'),
      domain: fc.constantFrom('care' as const, 'social' as const, 'network' as const),
      references: fc.subarray(['Organization/wijkteam', 'Organization/gp']),
      identifiers: fc.constant([]),
    })
    .map((it) => ({ ...it, projections: projectionsFor(it.domain) }));
  fc.assert(
    fc.property(fc.nat({ max: count - 1 }), anything, recipient, (place, { name, value }, other) => {
      const changed = structuredClone(permit());
      const target = objectsIn(changed)[place]!;
      const before = Array.isArray(target[name]) ? (target[name] as unknown[]) : [];
      target[name] = Array.isArray(value) ? [...before, ...value] : value;
      expect(verdictsOf(changed)).not.toContain('permit');
      expect(verdictsOf(changed, other)).not.toContain('permit');
    }),
    { numRuns: 2000 },
  );
});

test('whatever code takes the place of a known one: no permit', () => {
  const codings = (consent: Consent) => objectsIn(consent).filter((it) => 'system' in it && 'code' in it);
  fc.assert(
    fc.property(fc.nat(codings(permit()).length - 1), fc.string({ minLength: 1 }), fc.boolean(), (at, text, isCode) => {
      const changed = permit();
      codings(changed)[at]![isCode ? 'code' : 'system'] = `x${text}`;
      expect(verdictsOf(changed)).not.toContain('permit');
      const denial = { ...changed, provision: { ...changed.provision, type: 'deny' as const } };
      expect(verdictsOf(denial)).toEqual(denied);
    }),
    { numRuns: 500 },
  );
});
