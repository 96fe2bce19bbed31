import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Network } from '../../src/directory/index.ts';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import {
  type Availability,
  type Capacity,
  compileRanking,
  type DirectorySnapshot,
  proposalParameters,
  proposePlaces,
  type Ranking,
  snapshotOf,
  type WaitingTime,
} from '../../src/routing/index.ts';
import { covers } from '../../src/routing/snapshot/coverage.ts';
import { runs } from '../support/long.ts';
import { demoNetwork, rankingText, sound } from '../support/routing/demo-network.ts';

let network: Network;
let ranking: Ranking;
beforeAll(async () => {
  network = await demoNetwork();
  ranking = sound(compileRanking(rankingText(), 'mappings/ranking.yaml'));
});

const type = (code: string): string => `${mgnCodeSystem('service-type')}|${code}`;
const today = '2026-11-22';
const ggz = ['basic-ggz', 'specialist-ggz', 'elderly-ggz', 'addiction-care', 'youth-ggz'];

type Asked = Partial<Parameters<typeof proposePlaces>[0]>;
const propose = (
  asked: Asked = {},
  availability: (service: string) => Availability = network.availability,
  rules = ranking,
) => {
  const { directory, settings } = network;
  const question = {
    types: ggz.map(type),
    group: null,
    from: 'anywhere' as const,
    isOwnRequest: false,
    referring: directory.organizationOfPartner('gp-de-linde'),
    exclude: [],
    today,
    ...asked,
  };
  return proposePlaces(question, { directory, availability, norms: settings.norms, ranking: rules });
};
const order = ({ places }: { places: readonly { service: string }[] }) =>
  places.map(({ service }) => service.replace('HealthcareService/', ''));

const wait = (intakeWeeks: number, treatmentWeeks: number, measuredOn = '2026-11-20'): WaitingTime => ({
  group: null,
  intakeWeeks,
  treatmentWeeks,
  method: 'current',
  measuredOn,
  source: 'provider',
});

describe('places are ranked', () => {
  test('by waiting time, capacity and freshness, with reasons in both languages', () => {
    const proposal = propose();
    expect(order(proposal)).toEqual([
      'addiction-care-keerpunt',
      'basic-ggz-de-kade',
      'elderly-ggz-horizonland',
      'specialist-ggz-horizonland',
      'youth-ggz-windveer',
    ]);
    const [first] = proposal.places;
    expect(first?.score).toBe(Object.values(first?.points ?? {}).reduce((sum, it) => sum + it, 0));
    expect(first?.reasons.map(({ nl }) => nl)).toEqual([
      'Neemt mensen aan van wie het vraagt; naar de woonplaats is niet gekeken.',
      '2 weken tot het eerste gesprek en 3 weken vandaar tot de start, gemeten op 2026-11-02.',
      'Er is plaats.',
    ]);
    expect(first?.reasons.map(({ en }) => en)).toContain(
      '2 weeks to the first conversation and 3 weeks from there to the start of treatment, measured on 2026-11-02.',
    );
    expect(proposal.places.every(({ reasons }) => reasons.every(({ en, nl }) => en !== '' && nl !== ''))).toBe(true);
  });

  test('stale figures are flagged, and come after fresh ones however short they are', () => {
    const proposal = propose({}, (service) =>
      service.endsWith('youth-ggz-windveer')
        ? { waitingTimes: [wait(0, 0, '2026-08-31')] }
        : network.availability(service),
    );
    expect(order(proposal).at(-1)).toBe('youth-ggz-windveer');
    expect(proposal.places.at(-1)?.wait?.stale).toBe(true);
    expect(proposal.places.at(-1)?.reasons.map(({ en }) => en)).toContain(
      'The waiting time is older than 45 days, so it ranks below services with a fresh one.',
    );
    const byPoints = propose(
      {},
      (service) =>
        service.endsWith('youth-ggz-windveer')
          ? { waitingTimes: [wait(0, 0, '2026-08-31')] }
          : network.availability(service),
      { ...ranking, stale: 'by-points' },
    );
    expect(order(byPoints).at(-1)).not.toBe('youth-ggz-windveer');
  });

  test('without a waiting time below those with stale ones; closed services come last', () => {
    const proposal = propose({}, (service) => {
      if (service.endsWith('de-kade')) return { waitingTimes: [] };
      const closed = { status: 'closed', assessedOn: today };
      if (service.endsWith('keerpunt')) return { waitingTimes: [wait(0, 0)], capacity: closed };
      return network.availability(service);
    });
    expect(order(proposal).slice(-3)).toEqual(['youth-ggz-windveer', 'basic-ggz-de-kade', 'addiction-care-keerpunt']);
  });

  test('a stale capacity counts as unknown', () => {
    const told = (assessedOn: string) =>
      propose({}, () => ({ waitingTimes: [wait(3, 3)], capacity: { status: 'available', assessedOn } })).places[0];
    expect(told('2026-11-01')?.points.capacity).toBe(30);
    expect(told('2026-01-01')?.points.capacity).toBe(9);
    expect(told('2026-01-01')?.capacity?.stale).toBe(true);
  });

  test('by the requested diagnosis group, else by the figure for all groups', () => {
    const asked = (group: string | null) =>
      propose({ group }).places.find(({ service }) => service.endsWith('specialist-ggz-horizonland'))?.wait;
    expect(asked('psychotic')).toMatchObject({ intakeWeeks: 4, treatmentWeeks: 5, basis: 'group', overNorm: [] });
    expect(asked(null)).toMatchObject({ intakeWeeks: 14, treatmentWeeks: 16, basis: 'longest-group' });
    expect(asked(null)?.overNorm).toEqual(['intake', 'treatment', 'total']);
    expect(asked('bipolar')).toBeUndefined();
    const kade = (group: string) => propose({ group }).places.find(({ service }) => service.endsWith('de-kade'));
    expect(kade('anxiety')?.wait?.basis).toBe('general');
    expect(kade('psychotic'), 'it tells which groups it treats').toBeUndefined();
  });

  test('only services that accept person and referrer; the others are dropped with a reason', () => {
    const outside = propose({ from: { residence: 'outside', municipality: null, postcode: '9999' } });
    expect(outside.dropped.map(({ because }) => because.en)).toContain('the person lives outside its catchment');
    expect(propose({ referring: undefined }).dropped.length).toBeGreaterThan(0);
    const asked = propose({ exclude: ['HealthcareService/basic-ggz-de-kade'] });
    expect(asked.dropped).toMatchObject([{ because: { nl: 'is al gevraagd' } }]);
    expect(order(asked)).not.toContain('basic-ggz-de-kade');
  });

  test('for the social domain alike', () => {
    expect(order(propose({ types: ['social-work', 'peer-support'].map(type) }))).toEqual([
      'neighbourhood-team-zonnerveen',
      'social-work-lissenmond',
      'peer-support-de-brug',
    ]);
  });
});

describe('whatever the figures are', () => {
  const weeks = fc.option(
    fc.integer({ min: 0, max: 300 }).map((it) => it / 10),
    { nil: undefined },
  );
  const day = fc.constantFrom('2026-11-20', '2026-11-01', '2026-09-01', '2025-01-01');
  const waitingTime: fc.Arbitrary<WaitingTime> = fc
    .record({
      group: fc.constantFrom(null, null, 'depressive', 'anxiety'),
      intake: weeks,
      treatment: weeks,
      method: fc.constantFrom('current', 'retrospective'),
      measuredOn: day,
    })
    .map(({ intake, treatment, ...it }) => ({
      ...it,
      ...(intake === undefined ? {} : { intakeWeeks: intake }),
      ...(treatment === undefined ? {} : { treatmentWeeks: treatment }),
      source: 'provider',
    }));
  const capacity: fc.Arbitrary<Capacity> = fc.record({
    status: fc.constantFrom('available', 'limited', 'waitlist', 'closed'),
    assessedOn: day,
  });
  const availability: fc.Arbitrary<Availability> = fc
    .record({
      waitingTimes: fc.array(waitingTime, { maxLength: 4 }),
      capacity: fc.option(capacity, { nil: undefined }),
    })
    .map(({ waitingTimes, capacity: it }) => ({ waitingTimes, ...(it ? { capacity: it } : {}) }));
  const points = fc.integer({ min: 0, max: 100 });
  const anyRanking: fc.Arbitrary<(it: Ranking) => Ranking> = fc
    .record({
      weights: fc.record({ intake: points, treatment: points, capacity: points, freshness: points }),
      noPointsFromWeeks: fc.integer({ min: 1, max: 60 }),
      stale: fc.constantFrom('after-fresh' as const, 'by-points' as const),
      closed: fc.constantFrom('last' as const, 'by-points' as const),
    })
    .map((change) => (it) => ({ ...it, ...change }));

  const of = (all: readonly Availability[]) => (service: string) => {
    const index = network.directory.services.findIndex(({ reference }) => reference === service);
    return all[index % all.length] ?? { waitingTimes: [] };
  };

  test('a shorter wait never ranks lower, all else equal', () => {
    fc.assert(
      fc.property(
        fc.array(availability, { minLength: 5, maxLength: 17 }),
        fc.nat(),
        fc.nat(),
        fc.constantFrom('intakeWeeks' as const, 'treatmentWeeks' as const),
        fc.integer({ min: 0, max: 100 }),
        fc.constantFrom(null, 'depressive', 'bipolar'),
        anyRanking,
        (all, which, figure, part, percent, group, change) => {
          const before = propose({ group }, of(all), change(ranking));
          const service = before.places[which % before.places.length]!.service;
          const known = of(all)(service);
          const at = known.waitingTimes.length > 0 ? figure % known.waitingTimes.length : -1;
          const shorter = known.waitingTimes.map((it, index) => {
            const told = it[part];
            return index === at && told !== undefined ? { ...it, [part]: (told * percent) / 100 } : it;
          });
          const told = (it: string) => (it === service ? { ...known, waitingTimes: shorter } : of(all)(it));
          const after = propose({ group }, told, change(ranking));
          expect(order(after).indexOf(service)).toBeLessThanOrEqual(order(before).indexOf(service));
        },
      ),
      { numRuns: runs(500) },
    );
  });

  test('the same question yields the same answer, whatever the loading order of the directory', () => {
    fc.assert(
      fc.property(fc.array(availability, { minLength: 5, maxLength: 17 }), (all) => {
        const { directory } = network;
        const backwards: DirectorySnapshot = {
          ...directory,
          servicesOfType: (it) => [...directory.servicesOfType(it)].reverse(),
        };
        const question = {
          types: ggz.map(type),
          group: null,
          from: 'anywhere' as const,
          isOwnRequest: false,
          referring: undefined,
          exclude: [],
          today,
        };
        const offer = { directory, availability: of(all), norms: network.settings.norms, ranking };
        expect(canonicalJson(proposePlaces(question, offer))).toBe(
          canonicalJson(proposePlaces(question, { ...offer, directory: backwards })),
        );
      }),
      { numRuns: runs(50) },
    );
  });

  test('every evaluated service is proposed or dropped, once', () => {
    fc.assert(
      fc.property(fc.array(availability, { minLength: 5, maxLength: 17 }), (all) => {
        const proposal = propose({}, of(all));
        const named = [...proposal.places, ...proposal.dropped].map(({ service }) => service);
        expect(new Set(named).size).toBe(named.length);
        expect(named).toHaveLength(5);
      }),
      { numRuns: runs(50) },
    );
  });
});

test('as Parameters it shows weights, norms and digests, and nothing about a person', () => {
  const from = { residence: 'inside', municipality: '9901', postcode: '1283' } as const;
  const parameters = proposalParameters(propose({ from }), network.settings.norms);
  const part = (name: string) => parameters.parameter?.find((it) => it.name === name)?.part ?? [];
  expect(part('weights').find(({ name }) => name === 'intake')?.valueDecimal).toBe(35);
  expect(part('norms').find(({ name }) => name === 'total-weeks')?.valueDecimal).toBe(14);
  expect(part('made-with').map(({ name }) => name)).toEqual(['ranking', 'directory', 'figures']);
  expect(JSON.stringify(parameters)).not.toMatch(/9901|1283/);
});

describe('ranking.yaml', () => {
  test.each([
    ['a weight below zero', 'intake: 35', 'intake: -1'],
    ['a share above one', 'available: 1', 'available: 2'],
    ['a key that is not known', 'stale: after-fresh', 'stale: after-fresh\n  distance: 3'],
    ['a rule that is not known', 'closed: last', 'closed: first'],
  ])('with %s is refused, with its place', (_, before, after) => {
    const compiled = compileRanking(rankingText().replace(before, after), 'mappings/ranking.yaml');
    expect(compiled.ok).toBe(false);
    expect(compiled.issues[0]?.line).toBeGreaterThan(1);
  });
});

describe('in a large directory', () => {
  const some = () => network.directory.services.find(({ reference }) => reference.endsWith('basic-ggz-de-kade'))!;
  const large = (count: number): DirectorySnapshot => {
    const services = Array.from({ length: count }, (_, index) => ({
      ...some(),
      reference: `HealthcareService/s${String(index).padStart(5, '0')}`,
      identifiers: [],
      catchment:
        index % 7 === 0
          ? { postcodes: [{ from: 1281, to: 1281 + (index % 300) }] }
          : { municipalities: [index % 10 === 0 ? '9902' : '9901'] },
    }));
    const { directory, places } = network;
    return snapshotOf({
      services,
      organizations: directory.organizations,
      municipalities: places,
      registrationTeam: directory.registrationTeam,
      digest: 'large',
      availability: () => network.availability('HealthcareService/basic-ggz-de-kade'),
      norms: directory.norms,
      dayOf: directory.dayOf,
    });
  };
  const proposeIn = (directory: DirectorySnapshot, from: Parameters<typeof proposePlaces>[0]['from']) =>
    proposePlaces(
      {
        types: [type('basic-ggz')],
        group: null,
        from,
        isOwnRequest: false,
        referring: directory.organizationOfPartner('gp-de-linde'),
        exclude: [],
        today,
      },
      { directory, availability: directory.availability, norms: network.settings.norms, ranking },
    );

  test('what covers a home is found without looking at the rest, and is the same', () => {
    const directory = large(3_000);
    const all = directory.servicesOfType(type('basic-ggz'));
    fc.assert(
      fc.property(
        fc.record({
          municipality: fc.constantFrom('9901', '9902', '9999', null),
          postcode: fc.oneof(fc.integer({ min: 1000, max: 9999 }).map(String), fc.constant(null)),
        }),
        (home) => {
          const residence = { residence: 'inside' as const, ...home };
          const expected = all.filter(({ catchment }) => covers(catchment, residence));
          expect(new Set(directory.servicesCovering(type('basic-ggz'), residence))).toEqual(new Set(expected));
        },
      ),
      { seed: 20261122, numRuns: runs(50) },
    );
  });

  test('fifty are listed, the others are counted', () => {
    const proposal = proposeIn(large(3_000), { residence: 'inside', municipality: '9902', postcode: null });
    expect(proposal.places).toHaveLength(50);
    expect(proposal.places.length + proposal.more + proposal.dropped.length + proposal.elsewhere).toBe(3_000);
    expect(proposal.dropped).toEqual([]);
    const names = proposalParameters(proposal, network.settings.norms).parameter?.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['more', 'elsewhere']));
    const everywhere = proposeIn(large(3_000), 'anywhere');
    expect([everywhere.places.length, everywhere.more, everywhere.elsewhere]).toEqual([50, 2_950, 0]);
  });
});
