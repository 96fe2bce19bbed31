import type { Bundle, Consent, ConsentProvision } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { consentVerdict } from '../../src/disclosure/consent.ts';
import { explicitConsent } from '../../src/disclosure/explicit-consent.ts';
import { type Ground, groundRule } from '../../src/disclosure/ground/ground.ts';
import type { Recipient } from '../../src/disclosure/recipient.ts';
import { graphOf } from '../../src/fhir/graph.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';

const team: Recipient = {
  partner: 'wijkteam',
  domain: 'social',
  references: ['Organization/wijkteam'],
  identifiers: [],
  projections: projectionsFor('social'),
};

const coded = (system: string, code: string) => ({ coding: [{ system, code }] });
const consent = (provision: ConsentProvision): Consent => ({
  resourceType: 'Consent',
  status: 'active',
  scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
  category: [coded('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'IDSCL')],
  patient: { reference: 'Patient/p' },
  dateTime: '2026-01-01',
  provision,
});

/** The verdict of the whole, which must be that of each item too. */
function verdictAt(now: string, provisions: readonly ConsentProvision[], timezone?: string) {
  const graph = graphOf({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resourceType: 'Patient', id: 'p' }, ...provisions.map(consent)].map((resource, n) => ({
      fullUrl: n ? `urn:uuid:${n}` : 'Patient/p',
      resource,
    })),
  } as Bundle);
  const recipient = { ...team, ...(timezone ? { timezone } : {}) };
  const person = graph.first('Patient');
  const [whole, item] = [
    consentVerdict(graph, recipient, new Date(now), person),
    explicitConsent(graph, person, recipient, new Date(now))({}),
  ];
  expect(item).toBe(whole);
  return whole;
}

const permit = (period: ConsentProvision['period']): ConsentProvision => ({
  type: 'permit',
  ...(period ? { period } : {}),
});
const deny = (period: ConsentProvision['period']): ConsentProvision => ({
  type: 'deny',
  ...(period ? { period } : {}),
});

describe('a Consent begins and ends at the moment that its period states, to the second', () => {
  test.each<[string, string, readonly ConsentProvision[], string]>([
    [
      'an objection of this morning',
      '2026-11-30T15:00:00Z',
      [permit(undefined), deny({ start: '2026-11-30T09:00:00+01:00' })],
      'deny',
    ],
    [
      'an objection of now',
      '2026-11-30T08:00:00Z',
      [permit(undefined), deny({ start: '2026-11-30T09:00:00+01:00' })],
      'deny',
    ],
    [
      'an objection of in a second',
      '2026-11-30T07:59:59Z',
      [permit(undefined), deny({ start: '2026-11-30T09:00:00+01:00' })],
      'permit',
    ],
    [
      'an objection that ended an hour ago',
      '2026-11-30T16:00:00Z',
      [permit(undefined), deny({ end: '2026-11-30T16:00:00+01:00' })],
      'permit',
    ],
    ['a permit that ended this morning', '2026-11-30T20:00:00Z', [permit({ end: '2026-11-30T10:00:00Z' })], 'silent'],
    ['a permit in its last second', '2026-11-30T10:00:00.900Z', [permit({ end: '2026-11-30T10:00:00Z' })], 'permit'],
    [
      'a permit after its last millisecond',
      '2026-11-30T10:00:00.301Z',
      [permit({ end: '2026-11-30T10:00:00.300Z' })],
      'silent',
    ],
    ['a permit of this morning', '2026-11-30T15:00:00Z', [permit({ start: '2026-11-30T09:00:00+01:00' })], 'permit'],
    ['a permit of tonight', '2026-11-30T15:00:00Z', [permit({ start: '2026-11-30T20:00:00+01:00' })], 'silent'],
  ])('%s', (_, now, provisions, verdict) => expect(verdictAt(now, provisions)).toBe(verdict));
});

describe('a day, a month and a year are those of the network, not of Greenwich', () => {
  test.each<[string, string, readonly ConsentProvision[], string]>([
    [
      'a permit until yesterday, just after midnight',
      '2026-11-30T23:30:00Z',
      [permit({ end: '2026-11-30' })],
      'silent',
    ],
    ['a permit until today, just before midnight', '2026-11-30T22:59:00Z', [permit({ end: '2026-11-30' })], 'permit'],
    [
      'an objection from today, just after midnight',
      '2026-11-30T23:30:00Z',
      [permit(undefined), deny({ start: '2026-12-01' })],
      'deny',
    ],
    ['in summer two hours', '2026-06-30T22:30:00Z', [permit({ end: '2026-06-30' })], 'silent'],
    ['a month', '2026-11-30T23:30:00Z', [permit({ end: '2026-11' })], 'silent'],
    ['a year', '2026-12-31T23:30:00Z', [permit({ end: '2026' })], 'silent'],
  ])('%s', (_, now, provisions, verdict) => expect(verdictAt(now, provisions)).toBe(verdict));

  test('its time zone is that of the network', () =>
    expect(verdictAt('2026-11-30T23:30:00Z', [permit({ end: '2026-11-30' })], 'America/Curacao')).toBe('permit'));

  test('a legal basis has the same days', () => {
    const ground: Ground = {
      code: 'new-law',
      from: '2026-12-01',
      until: '2026-12-31',
      within: {
        social: {
          consent: 'presumed',
          participation: 'required',
          data: { categories: new Set(), lifeDomains: new Set() },
          isAskedOutside: false,
        },
      },
    };
    const at = (now: string) =>
      groundRule(new Map([['new-law', ground]]), 'new-law', team, new Date(now)) !== undefined;
    expect(
      ['2026-11-30T22:59:00Z', '2026-11-30T23:01:00Z', '2026-12-31T22:59:00Z', '2026-12-31T23:01:00Z'].map(at),
    ).toEqual([false, true, true, false]);
  });
});

test('a period that cannot be read permits nothing, and does not end an objection', () => {
  for (const end of ['soon', '2020-01-01T10:00:00', '2020-13', '']) {
    if (end) expect(verdictAt('2026-11-30T15:00:00Z', [permit({ end })]), end).toBe('silent');
    expect(verdictAt('2026-11-30T15:00:00Z', [permit(undefined), deny({ end })]), end).toBe('deny');
  }
});
