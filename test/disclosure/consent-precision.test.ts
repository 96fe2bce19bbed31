import type { Bundle, Consent, ConsentProvision } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consentVerdict } from '../../src/disclosure/consent.ts';
import { type DataItem, explicitConsent } from '../../src/disclosure/explicit-consent.ts';
import type { Verdict } from '../../src/disclosure/precision.ts';
import type { Recipient } from '../../src/disclosure/recipient.ts';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { graphOf } from '../../src/fhir/graph.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';

const now = new Date('2026-11-22T10:00:00Z');
const team: Recipient = {
  partner: 'wijkteam',
  domain: 'social',
  references: ['Organization/wijkteam'],
  identifiers: [],
  projections: projectionsFor('social'),
};
const person = { reference: 'Patient/p' };
const finances = `${mgnCodeSystem('zrm-domain')}|finances`;
const housing = `${mgnCodeSystem('zrm-domain')}|housing`;

const coded = (system: string, code: string) => ({ coding: [{ system, code }] });

/** A provision by its limits, in the order in which the issue of precision names them. */
type Limits = {
  readonly domain?: 'social' | 'care';
  readonly organisation?: string;
  readonly category?: 'contact-data' | 'goals' | 'bsn';
  readonly lifeDomain?: string;
  readonly until?: string;
  readonly purpose?: string;
};

const provision = (type: 'permit' | 'deny', limits: Limits = {}, exceptions: ConsentProvision[] = []) => {
  const { domain, organisation, category, lifeDomain, until, purpose } = limits;
  const [system = '', code = ''] = lifeDomain?.split('|') ?? [];
  const extension = [
    ...(domain ? [{ url: mgnExtension('domain'), valueCodeableConcept: coded(mgnCodeSystem('domain'), domain) }] : []),
    ...(lifeDomain ? [{ url: mgnExtension('life-domain'), valueCodeableConcept: coded(system, code) }] : []),
  ];
  return {
    type,
    ...(extension.length ? { extension } : {}),
    ...(organisation
      ? {
          actor: [
            {
              role: coded('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP'),
              reference: { reference: `Organization/${organisation}` },
            },
          ],
        }
      : {}),
    ...(category ? { code: [coded(mgnCodeSystem('data-category'), category)] } : {}),
    ...(until ? { period: { end: until } } : {}),
    ...(purpose ? { purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: purpose }] } : {}),
    ...(exceptions.length ? { provision: exceptions } : {}),
  } satisfies ConsentProvision;
};

const consent = (it: ConsentProvision, more: Partial<Consent> = {}): Consent => ({
  resourceType: 'Consent',
  status: 'active',
  scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
  category: [coded('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'IDSCL')],
  patient: person,
  dateTime: '2026-11-01',
  provision: it,
  ...more,
});

const graph = (consents: readonly Consent[]) =>
  graphOf({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resourceType: 'Patient', id: 'p' }, ...consents].map((resource, n) => ({
      fullUrl: n ? `urn:uuid:${n}` : 'Patient/p',
      resource,
    })),
  } as Bundle);

function verdictOf(consents: readonly Consent[], item: DataItem = {}): Verdict {
  const around = graph(consents);
  return explicitConsent(around, around.first('Patient'), team, now)(item);
}

const ofWhole = (consents: readonly Consent[]): Verdict => consentVerdict(graph(consents), team, now);

const permit = (limits?: Limits, more?: Partial<Consent>) => consent(provision('permit', limits), more);
const deny = (limits?: Limits, more?: Partial<Consent>) => consent(provision('deny', limits), more);

describe('the specific prevails over the general, and an objection over a permit of the same precision', () => {
  test.each<[string, readonly Consent[], DataItem, Verdict]>([
    ['a named organisation over everybody', [deny(), permit({ organisation: 'wijkteam' })], {}, 'permit'],
    [
      'a named organisation over its domain',
      [deny({ domain: 'social' }), permit({ organisation: 'wijkteam' })],
      {},
      'permit',
    ],
    ['a domain over everybody', [deny(), permit({ domain: 'social' })], {}, 'permit'],
    [
      'a domain over a named organisation',
      [deny({ organisation: 'wijkteam' }), permit({ domain: 'social' })],
      {},
      'deny',
    ],
    ['the same organisation', [deny({ organisation: 'wijkteam' }), permit({ organisation: 'wijkteam' })], {}, 'deny'],
    ['everybody both ways', [deny(), permit()], {}, 'deny'],
    ['a named organisation denied', [permit(), deny({ organisation: 'wijkteam' })], {}, 'deny'],
    ['another organisation denied', [permit(), deny({ organisation: 'other' })], {}, 'permit'],
    ['a life domain permitted', [deny(), permit({ lifeDomain: finances })], { lifeDomain: finances }, 'permit'],
    ['and the others not', [deny(), permit({ lifeDomain: finances })], { lifeDomain: housing }, 'deny'],
    [
      'a life domain denied to all, the organisation permitted: neither is more precise',
      [deny({ lifeDomain: finances }), permit({ organisation: 'wijkteam' })],
      { lifeDomain: finances },
      'deny',
    ],
    [
      'the life domain permitted to the organisation',
      [deny({ lifeDomain: finances }), permit({ organisation: 'wijkteam', lifeDomain: finances })],
      { lifeDomain: finances },
      'permit',
    ],
    [
      'a category permitted by name',
      [deny(), permit({ organisation: 'wijkteam', category: 'bsn' })],
      { category: 'bsn' },
      'permit',
    ],
    [
      'each objection must be overruled',
      [deny(), deny({ organisation: 'wijkteam' }), permit({ domain: 'social' })],
      {},
      'deny',
    ],
    [
      'by one permit or several',
      [
        deny({ domain: 'social' }),
        deny({ lifeDomain: finances }),
        permit({ organisation: 'wijkteam', lifeDomain: finances }),
      ],
      { lifeDomain: finances },
      'permit',
    ],
    ['a period does not make a permit precise', [deny(), permit({ until: '2027-01-01' })], {}, 'deny'],
    ['a purpose neither', [deny(), permit({ purpose: 'TREAT' })], {}, 'deny'],
    [
      'an objection for a period is not general',
      [deny({ until: '2027-01-01' }), permit({ organisation: 'wijkteam' })],
      {},
      'deny',
    ],
    [
      'an objection that is not understood is not overruled',
      [deny({}, { dateTime: '2030-01-01' }), permit({ organisation: 'wijkteam' })],
      {},
      'deny',
    ],
    [
      'a permit that is not understood overrules nothing',
      [deny(), permit({ organisation: 'wijkteam' }, { status: 'proposed' })],
      {},
      'deny',
    ],
    [
      'a permit of somebody else overrules nothing',
      [deny(), permit({ organisation: 'wijkteam' }, { patient: { reference: 'urn:uuid:9' } })],
      {},
      'deny',
    ],
    [
      'a permit that has ended overrules nothing',
      [deny(), permit({ organisation: 'wijkteam' }, { status: 'inactive' })],
      {},
      'deny',
    ],
    [
      'an exception has the limits of its provision',
      [
        consent(provision('permit', { organisation: 'wijkteam' }, [provision('deny', { lifeDomain: finances })])),
        permit({ lifeDomain: finances }),
      ],
      { lifeDomain: finances },
      'deny',
    ],
    [
      'exceptions among each other',
      [
        consent(
          provision('deny', {}, [
            provision('permit', { organisation: 'wijkteam', lifeDomain: finances }),
            provision('deny', { organisation: 'wijkteam' }),
          ]),
        ),
      ],
      { lifeDomain: finances },
      'permit',
    ],
  ])('%s', (_, consents, item, expected) => {
    expect(verdictOf(consents, item)).toBe(expected);
    expect(verdictOf(consents.toReversed(), item)).toBe(expected);
  });

  test('of a whole referral: a permit of all of it, more precise in its recipient; limits to data prevail over it', () => {
    expect(ofWhole([deny(), permit({ organisation: 'wijkteam' })])).toBe('permit');
    expect(ofWhole([deny({ lifeDomain: finances }), permit({ organisation: 'wijkteam' })])).toBe('deny');
    expect(ofWhole([deny(), permit({ organisation: 'wijkteam', lifeDomain: finances })])).toBe('deny');
    expect(ofWhole([deny({ organisation: 'wijkteam' }), permit({ organisation: 'wijkteam' })])).toBe('deny');
  });
});

describe('whatever a person states', () => {
  const limits: fc.Arbitrary<Limits> = fc.record(
    {
      domain: fc.constantFrom('social', 'care'),
      organisation: fc.constantFrom('wijkteam', 'other'),
      category: fc.constantFrom('contact-data', 'goals', 'bsn'),
      lifeDomain: fc.constantFrom(finances, housing),
      until: fc.constantFrom('2027-01-01', '2026-01-01'),
    },
    { requiredKeys: [] },
  );
  const stated = fc.record({ type: fc.constantFrom('permit' as const, 'deny' as const), limits });
  const items: fc.Arbitrary<DataItem> = fc.record(
    { category: fc.constantFrom('contact-data', 'goals', 'bsn'), lifeDomain: fc.constantFrom(finances, housing) },
    { requiredKeys: [] },
  );
  type Stated = { readonly type: 'permit' | 'deny'; readonly limits: Limits };
  const consentsOf = (all: readonly Stated[]) => all.map(({ type, limits: it }) => consent(provision(type, it)));

  /** Written from docs/guide/consent.md, without the code: which words decide on this item, and which word is more precise. */
  function expected(all: readonly Stated[], { category, lifeDomain }: DataItem): Verdict {
    const decides = all.filter(({ type, limits: it }) => {
      if (it.until === '2026-01-01' || it.organisation === 'other') return false;
      if (it.domain === 'care') return false;
      if (it.lifeDomain && it.lifeDomain !== lifeDomain) return false;
      if (it.category && category === undefined) return type === 'permit';
      if (it.category && it.category !== category) return false;
      return !(type === 'permit' && category === 'bsn' && it.category !== 'bsn');
    });
    const level = (it: Limits) => [it.organisation ? 2 : it.domain ? 1 : 0, it.category ? 1 : 0, it.lifeDomain ? 1 : 0];
    const isOverruled = (denial: Limits) =>
      !denial.until &&
      decides.some(({ type, limits: it }) => {
        const [one, other] = [level(it), level(denial)];
        return (
          type === 'permit' && one.every((n, k) => n >= (other[k] ?? 0)) && one.some((n, k) => n > (other[k] ?? 0))
        );
      });
    if (decides.some(({ type, limits: it }) => type === 'deny' && !isOverruled(it))) return 'deny';
    return decides.some(({ type }) => type === 'permit') ? 'permit' : 'silent';
  }

  test('the verdict is what the page says, in any order', () => {
    fc.assert(
      fc.property(fc.array(stated, { maxLength: 5 }), items, (all, item) => {
        expect(verdictOf(consentsOf(all), item)).toBe(expected(all, item));
        expect(verdictOf(consentsOf(all.toReversed()), item)).toBe(expected(all, item));
      }),
      { numRuns: 2000 },
    );
  });

  test('one objection more never opens anything, and one permit more never closes anything', () => {
    fc.assert(
      fc.property(fc.array(stated, { maxLength: 4 }), stated, items, (all, one, item) => {
        const [before, after] = [verdictOf(consentsOf(all), item), verdictOf(consentsOf([...all, one]), item)];
        const order: readonly Verdict[] =
          one.type === 'deny' ? ['permit', 'silent', 'deny'] : ['deny', 'silent', 'permit'];
        expect(order.indexOf(after)).toBeGreaterThanOrEqual(order.indexOf(before));
      }),
      { numRuns: 1000 },
    );
  });
});
