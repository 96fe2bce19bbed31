import type { Bundle, Consent } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import {
  compileGrounds,
  consultationRight,
  disclose,
  type Grounds,
  groundRule,
  type OutsideAnswer,
  type Recipient,
} from '../../src/disclosure/index.ts';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { grounds, groundsOf, groundsText, legalBasisCodes } from '../support/disclosure/grounds.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';
import { caseInput } from '../support/routing/demo-network.ts';

const now = new Date('2026-11-22T10:00:00Z');

const team: Recipient = {
  partner: 'registration-team',
  domain: 'network',
  references: ['HealthcareService/team'],
  identifiers: [],
  projections: projectionsFor('network'),
};
const municipality: Recipient = {
  partner: 'municipality',
  domain: 'social',
  references: ['HealthcareService/team'],
  identifiers: [],
  isMunicipality: true,
  projections: projectionsFor('social'),
};
const districtTeam: Recipient = { ...municipality, partner: 'district-team', isMunicipality: false };

const coded = (system: string, code: string) => ({ coding: [{ system: mgnCodeSystem(system), code }] });

/** The referral of a routing case on this legal basis, about finances. */
function graphOn(legalBasis: string, ...consents: readonly Consent[]): Bundle {
  const graph: Bundle = caseInput('municipality-zonnerveen');
  for (const { resource } of graph.entry ?? []) {
    if (resource?.resourceType === 'Task')
      Object.assign(resource, {
        owner: { reference: 'HealthcareService/team' },
        extension: [{ url: mgnExtension('legal-basis'), valueCodeableConcept: coded('legal-basis', legalBasis) }],
        code: { coding: [{ system: mgnCodeSystem('use-case'), code: 'social-request' }] },
      });
    if (resource?.resourceType === 'ServiceRequest')
      resource.extension = [
        { url: mgnExtension('life-domain'), valueCodeableConcept: coded('zrm-domain', 'finances') },
      ];
    if (resource?.resourceType === 'Patient')
      Object.assign(resource, {
        identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999901102' }],
        name: [{ family: 'Proefpersoon', given: ['Testa'] }],
        telecom: [{ system: 'phone', value: '0600000001' }],
      });
  }
  graph.entry?.push(...consents.map((resource, n) => ({ fullUrl: `urn:uuid:c${n}`, resource })));
  return graph;
}

const person = caseInput('municipality-zonnerveen').entry.find(
  ({ resource }: { resource: { resourceType: string } }) => resource.resourceType === 'Patient',
).fullUrl;

const consent = (type: 'permit' | 'deny'): Consent => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }],
  patient: { reference: person },
  dateTime: '2026-11-01',
  provision: { type },
});

type Asked = {
  readonly recipient?: Recipient;
  readonly grounds?: Grounds;
  readonly consents?: readonly Consent[];
  readonly at?: Date;
  readonly outside?: OutsideAnswer;
};

const ask = (legalBasis: string, { recipient = team, consents = [], at = now, outside, ...more }: Asked = {}) =>
  disclose({
    graph: graphOn(legalBasis, ...consents),
    recipient,
    sender: 'gp-de-linde',
    purpose: 'referral',
    now: at,
    grounds: more.grounds ?? grounds,
    ...(outside ? { outside: () => outside } : {}),
    projection: { newId: () => 'x', base: 'http://localhost', requester: { display: 'x' }, source: 'x' },
  });

const answer = (it: ReturnType<typeof ask>): string =>
  it.kind === 'permitted' ? 'permitted' : it.issues.map(({ rule }) => rule).join();

/** A later law, as a network would write it down: a change of the file, and of nothing else. */
const laterLaw = (rule: string, more = ''): Grounds =>
  groundsOf(
    `${groundsText()}
  - code: later-law
    law: a bill
    why: A law permits what it names.
${more}    within:
      social: ${rule}
`,
    [...legalBasisCodes, 'later-law'],
  );

describe('the legal bases of the product', () => {
  test.each([
    ['referral-within-care', [], 'permitted'],
    ['referral-within-care', [consent('deny')], 'consent-denied'],
    ['treatment-relationship', [], 'permitted'],
    ['own-request', [], 'permitted'],
    ['explicit-consent', [], 'consent-missing'],
    ['explicit-consent', [consent('permit')], 'permitted'],
    ['vital-interest', [], 'permitted'],
    ['vital-interest', [consent('deny')], 'consent-denied'],
    ['legal-duty', [], 'permitted'],
    ['legal-duty', [consent('deny')], 'consent-denied'],
    ['invented', [], 'legal-basis-invalid'],
  ])('within care: %s, with %j', (code, consents, expected) => {
    expect(answer(ask(code, { consents }))).toBe(expected);
  });

  test('towards the social domain: a Consent, and nothing else', () => {
    for (const code of legalBasisCodes)
      expect([code, answer(ask(code, { recipient: municipality, consents: [consent('permit')] }))]).toEqual([
        code,
        code === 'explicit-consent' ? 'permitted' : 'legal-basis-invalid',
      ]);
    expect(answer(ask('explicit-consent', { recipient: municipality }))).toBe('social-consent-missing');
  });
});

describe('a new law is a change of the file', () => {
  const text = (it: ReturnType<typeof ask>): string => (it.kind === 'permitted' ? JSON.stringify(it.bundle) : '');

  test('it opens the life domains and categories that it names, and no more', () => {
    const law = laterLaw('{ consent: presumed, data: { life-domains: [finances], categories: [contact-data] } }');
    const disclosed = text(ask('later-law', { recipient: municipality, grounds: law }));
    expect(disclosed).toContain('0600000001');
    expect(disclosed).toContain('Proefpersoon');
    expect(disclosed).not.toContain('999901102');
    const narrower = laterLaw('{ consent: presumed, data: { life-domains: [finances] } }');
    expect(text(ask('later-law', { recipient: municipality, grounds: narrower }))).not.toContain('0600000001');
    const other = laterLaw('{ consent: presumed, data: { life-domains: [housing] } }');
    expect(answer(ask('later-law', { recipient: municipality, grounds: other }))).toBe('social-consent-missing');
  });

  test('an objection bars it, unless the law does not need consent', () => {
    const data = 'data: { life-domains: [finances] }';
    const asked = { recipient: municipality, consents: [consent('deny')] };
    expect(answer(ask('later-law', { ...asked, grounds: laterLaw(`{ consent: presumed, ${data} }`) }))).toBe(
      'consent-denied',
    );
    expect(answer(ask('later-law', { ...asked, grounds: laterLaw(`{ consent: not-needed, ${data} }`) }))).toBe(
      'permitted',
    );
  });

  test('for the recipients that it names', () => {
    const law = laterLaw('{ consent: presumed, recipients: municipality, data: { life-domains: [finances] } }');
    expect(answer(ask('later-law', { recipient: municipality, grounds: law }))).toBe('permitted');
    expect(answer(ask('later-law', { recipient: districtTeam, grounds: law }))).toBe('legal-basis-invalid');
    expect(answer(ask('later-law', { grounds: law }))).toBe('legal-basis-invalid');
  });

  test('from its first day to its last', () => {
    const law = laterLaw(
      '{ consent: presumed, data: { life-domains: [finances] } }',
      "    from: '2026-11-22'\n    until: '2026-11-23'\n",
    );
    const on = (day: string) => answer(ask('later-law', { recipient: municipality, grounds: law, at: new Date(day) }));
    expect(on('2026-11-21T12:00:00Z')).toBe('legal-basis-invalid');
    expect(on('2026-11-22T12:00:00Z')).toBe('permitted');
    expect(on('2026-11-23T12:00:00Z')).toBe('permitted');
    expect(on('2026-11-24T12:00:00Z')).toBe('legal-basis-invalid');
  });

  test('a case consultation follows the same line', () => {
    const right = (law: Grounds, recipient = municipality) =>
      consultationRight({
        graph: graphOn('later-law'),
        recipient,
        isParty: false,
        legalBasis: 'later-law',
        lifeDomains: [`${mgnCodeSystem('zrm-domain')}|finances`],
        now,
        grounds: law,
      });
    const finances = laterLaw('{ consent: presumed, data: { life-domains: [finances] } }');
    expect(right(finances)).toMatchObject({ ok: true, value: 'extract' });
    const housing = laterLaw('{ consent: presumed, data: { life-domains: [housing] } }');
    expect(right(housing)).toMatchObject({ ok: true, value: 'nothing' });
    expect(right(finances, team).ok).toBe(false);
  });
});

describe('a consent source outside', () => {
  const asked = groundsOf(
    groundsText().replace(
      'Who is referred within care knows of it, and consent is presumed.\n    stated-by: [care, network]\n    within:\n      care: { consent: presumed }',
      'Asked.\n    within:\n      care: { consent: presumed, outside: asked }',
    ),
  );
  const answers: readonly (readonly [OutsideAnswer, string])[] = [
    ['permit', 'permitted'],
    ['deny', 'consent-denied'],
    ['undecided', 'consent-undecided'],
    ['away', 'consent-source-unavailable'],
  ];
  test.each(answers)('that answers %s: %s', (outside, expected) => {
    expect(answer(ask('referral-within-care', { grounds: asked, outside }))).toBe(expected);
  });

  test('that was not asked permits nothing, and an objection stands whatever it answers', () => {
    expect(answer(ask('referral-within-care', { grounds: asked }))).toBe('consent-undecided');
    const denied = { grounds: asked, consents: [consent('deny')], outside: 'permit' as const };
    expect(answer(ask('referral-within-care', denied))).toBe('consent-denied');
  });

  test('is not asked for a legal basis that does not say so', () => {
    expect(answer(ask('own-request', { grounds: asked, outside: 'deny' }))).toBe('permitted');
  });

  test('decides on the social domain too, beside the Consent', () => {
    const both = groundsOf(
      groundsText().replace('social: { consent: required }', 'social: { consent: required, outside: asked }'),
    );
    for (const [outside, expected] of answers)
      expect(
        answer(
          ask('explicit-consent', { recipient: municipality, grounds: both, consents: [consent('permit')], outside }),
        ),
      ).toBe(expected);
    expect(answer(ask('explicit-consent', { recipient: municipality, grounds: both, outside: 'permit' }))).toBe(
      'social-consent-missing',
    );
  });
});

describe('mistakes in the file are found at the start', () => {
  const wrong = (text: string, codes = legalBasisCodes): readonly string[] => {
    const compiled = compileGrounds(text, 'mappings/grounds.yaml', codes);
    return compiled.ok ? [] : compiled.issues.map(({ rule, line }) => `${rule}${line ? ` ${line}` : ''}`);
  };
  const entry = (within: string, more = '') =>
    `grounds:\n  - code: a-law\n    law: x\n    why: x\n${more}    within: ${within}\n`;
  const one = ['a-law'];

  test.each([
    ['a code that the code system does not have', entry('{}'), ['b-law'], ['ground-unknown 2', 'ground-missing']],
    ['a code without an entry', entry('{}'), ['a-law', 'b-law'], ['ground-missing']],
    ['the same code twice', entry('{}') + entry('{}').slice('grounds:\n'.length), one, ['ground-twice 6']],
    [
      'data beside a Consent',
      entry('{ social: { consent: required, data: { life-domains: [finances] } } }'),
      one,
      ['ground-data 5'],
    ],
    ['no Consent and no data', entry('{ social: { consent: presumed } }'), one, ['ground-data 5']],
    [
      'a life domain that stays within care',
      entry('{ social: { consent: presumed, data: { life-domains: [mental-health] } } }'),
      one,
      ['life-domain-not-social 5'],
    ],
    [
      'an end before the beginning',
      entry('{}', "    from: '2027-01-01'\n    until: '2026-01-01'\n"),
      one,
      ['ground-period 6'],
    ],
    ['an unknown key', entry('{ care: { consent: presumed, data: {} } }'), one, ['config-key-unknown 5']],
    ['an unknown need', entry('{ care: { consent: maybe } }'), one, ['config-value-invalid 5']],
  ])('%s', (_, text, codes, expected) => {
    expect(wrong(text, codes)).toEqual(expected);
  });

  test('every code of mgn-legal-basis has its entry', () => {
    expect([...grounds.keys()].sort()).toEqual([...legalBasisCodes].sort());
    for (const code of legalBasisCodes) expect(groundRule(grounds, code, team, now)).toBeDefined();
  });
});
