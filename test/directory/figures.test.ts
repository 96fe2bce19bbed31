import { randomUUID } from 'node:crypto';
import type { Bundle, Duration, HealthcareService } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mgnExtension } from '../../src/fhir/canonical.ts';
import { availabilityOf } from '../../src/routing/index.ts';
import { type Answered, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const path = '/fhir/HealthcareService/basic-ggz-de-kade';
const provider = 'ggz-de-kade';
const today = new Date().toISOString().slice(0, 10);
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

const get = async (as = provider, at = path): Promise<{ service: HealthcareService; etag: string }> => {
  const answer = await gateway.ask('GET', at, { as });
  return { service: resourceOf<HealthcareService>(answer), etag: String(answer.headers.etag) };
};
const put = (
  service: HealthcareService,
  etag: string | undefined,
  as = provider,
  requestId = randomUUID(),
): Promise<Answered> =>
  gateway.ask('PUT', path, {
    as,
    requestId,
    body: JSON.stringify(service),
    headers: etag === undefined ? {} : { 'if-match': etag },
  });

type Part = Partial<Record<'intake' | 'treatment' | 'measuredOn' | 'method', unknown>>;

/** The service with its one waiting time told otherwise. */
function telling(service: HealthcareService, parts: Part): HealthcareService {
  const told: HealthcareService = structuredClone(service);
  const figure = told.extension?.find(({ url }) => url === mgnExtension('waiting-time'));
  for (const part of figure?.extension ?? []) {
    if (part.url === 'intake' && parts.intake !== undefined) part.valueDuration = duration(parts.intake);
    if (part.url === 'measuredOn' && parts.measuredOn) part.valueDate = String(parts.measuredOn);
  }
  return told;
}
const duration = (it: unknown): Duration =>
  typeof it === 'number'
    ? { value: it, unit: 'weken', system: 'http://unitsofmeasure.org', code: 'wk' }
    : (it as object);

describe('a provider updates the waiting times of its own service', () => {
  test('and everybody reads them, with the version before in the history', async () => {
    const before = await get();
    const answer = await put(telling(before.service, { intake: 5.5, measuredOn: today }), before.etag);
    expect(answer.status, answer.text).toBe(200);
    const after = await get('gp-de-linde');
    expect(availabilityOf(after.service).waitingTimes).toMatchObject([{ intakeWeeks: 5.5, measuredOn: today }]);
    expect(after.etag).not.toBe(before.etag);
    expect(answer.headers.etag).toBe(after.etag);
    const history = resourceOf<Bundle>(await gateway.ask('GET', `${path}/_history`, { as: 'gp-de-linde' }));
    const told = (history.entry ?? []).map(
      ({ resource }) => availabilityOf(resource as HealthcareService).waitingTimes[0],
    );
    expect(told.map((it) => it?.intakeWeeks)).toEqual([5.5, 3]);
    const first = await get('gp-de-linde', `${path}/_history/1`);
    expect(first.etag).toBe('W/"1"');
    expect(availabilityOf(first.service).waitingTimes[0]?.intakeWeeks).toBe(3);
    expect((await gateway.ask('GET', `${path}/_history/99`, { as: provider })).status).toBe(404);
  });

  test('once: the same request again changes nothing', async () => {
    const before = await get();
    const requestId = randomUUID();
    const told = telling(before.service, { intake: 6, measuredOn: today });
    expect((await put(told, before.etag, provider, requestId)).status).toBe(200);
    expect((await put(told, before.etag, provider, requestId)).status).toBe(409);
    expect(availabilityOf((await get()).service).waitingTimes[0]?.intakeWeeks).toBe(6);
  });

  test('with an audit event that names the service', async () => {
    const before = await get();
    const requestId = randomUUID();
    await put(telling(before.service, { intake: 4, measuredOn: today }), before.etag, provider, requestId);
    const { items } = await gateway.store.audit({ requestId, count: 9 });
    expect(items).toHaveLength(1);
    expect(items[0]?.text).toContain('HealthcareService/basic-ggz-de-kade');
  });
});

describe('what can not be true, or is not theirs to say, is refused and changes nothing', () => {
  const cases: readonly (readonly [string, number, string, (it: HealthcareService) => HealthcareService])[] = [
    ['less than no time', 422, 'invariant', (it) => telling(it, { intake: -1, measuredOn: today })],
    ['days', 422, 'pattern-value', (it) => telling(it, { intake: { ...duration(21), code: 'd', unit: 'dagen' } })],
    [
      'weeks that must be days',
      422,
      'waiting-time-above-maximum',
      (it) => telling(it, { intake: 365, measuredOn: today }),
    ],
    ['measured tomorrow', 422, 'waiting-time-future', (it) => telling(it, { measuredOn: day(-2) })],
    ['measured before what is known', 422, 'waiting-time-outdated', (it) => telling(it, { measuredOn: day(90) })],
    [
      'the same twice',
      422,
      'waiting-time-duplicate',
      (it) => ({
        ...it,
        extension: [...(it.extension ?? []), it.extension!.find(({ url }) => url === mgnExtension('waiting-time'))!],
      }),
    ],
    ['another name', 422, 'directory-element-read-only', (it) => ({ ...it, name: 'De beste' })],
    [
      'another catchment',
      422,
      'directory-element-read-only',
      (it) => ({ ...it, extension: it.extension!.filter(({ url }) => url !== mgnExtension('catchment')) }),
    ],
    ['another id', 400, 'id-mismatch', (it) => ({ ...it, id: 'registration-team' })],
  ];

  test.each(cases)('%s', async (_, status, rule, change) => {
    const before = await get();
    const answer = await put(change(before.service), before.etag);
    expect(answer.status, answer.text).toBe(status);
    expect(rulesOf(answer)).toContain(rule);
    expect((await get()).etag).toBe(before.etag);
  });

  test.each([
    ['for the service of another', 403, 'directory-update-forbidden', 'ggz-horizonland', undefined],
    ['by a referrer', 403, 'directory-update-forbidden', 'gp-de-linde', undefined],
    ['without If-Match', 422, 'if-match-missing', provider, 'none'],
    ['from a stale version', 412, 'version-stale', provider, 'W/"0"'],
  ] as const)('%s', async (_, status, rule, as, ifMatch) => {
    const before = await get();
    const answer = await put(
      telling(before.service, { intake: 9 }),
      ifMatch === 'none' ? undefined : (ifMatch ?? before.etag),
      as,
    );
    expect(rulesOf(answer)).toEqual([rule]);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await get()).etag).toBe(before.etag);
    if (status !== 422) expect(answer.status).toBe(status);
  });

  test('for what the directory does not have, and for other types than services', async () => {
    const { service } = await get();
    const unknown = await gateway.ask('PUT', '/fhir/HealthcareService/nowhere', {
      as: provider,
      body: JSON.stringify({ ...service, id: 'nowhere' }),
      headers: { 'if-match': 'W/"1"' },
    });
    expect(unknown.status).toBe(404);
    const organization = await gateway.ask('PUT', '/fhir/Organization/ggz-de-kade', {
      as: provider,
      body: '{}',
      headers: { 'if-match': 'W/"1"' },
    });
    expect(organization.status).toBe(405);
  });
});
