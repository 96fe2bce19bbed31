import { createHash } from 'node:crypto';
import type { Bundle, CapabilityStatement, Measure, MeasureReport } from '@medplum/fhirtypes';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearerTokens } from '../../src/access/index.ts';
import { evaluateMeasure } from '../../src/http/evaluate-measure.ts';
import { countMeasure, type Facts, isMeasureName, periodOf } from '../../src/measure/index.ts';
import { resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const year = 'periodStart=2025-01-01&periodEnd=2025-12-31';
const evaluate = (query: string, asking: Parameters<TestGateway['ask']>[2] = {}, id = 'mgn-registrations') =>
  gateway.ask('GET', `/fhir/Measure/${id}/$evaluate-measure?${query}`, { as: 'gp-de-linde', ...asking });

const nothing: Facts = {
  registrations: [],
  transfers: [],
  outcomes: [],
  explorations: [],
  firstConversations: [],
  firstHelp: [],
  inflow: [],
  rejections: [],
  silent: [],
  waiting: [],
};

describe('the Measures', () => {
  const measures = async () => {
    const found = resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Measure', { as: 'gp-de-linde' }));
    return (found.entry ?? []).map(({ resource }) => resource as Measure);
  };

  test('are published, each valid and each counted', async () => {
    const all = await measures();
    expect(all).toHaveLength(9);
    for (const it of all) {
      const { issues } = gateway.running.gateway.validator.validate(it);
      expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(isMeasureName(it.id!.replace(/^mgn-/, ''))).toBe(true);
      expect((await gateway.ask('GET', `/fhir/Measure/${it.id}`, { as: 'gp-de-linde' })).status).toBe(200);
    }
  });

  test('have the groups and stratifiers that are counted, no more and no fewer', async () => {
    const period = periodOf('year', '2025', '2025')!;
    const lists = {
      municipalities: ['9901'],
      referrers: ['gp-practice'],
      reasons: ['at-capacity', 'alternative-proposed'],
    };
    for (const { id, group = [] } of await measures()) {
      const name = id!.replace(/^mgn-/, '');
      if (!isMeasureName(name)) throw new Error(name);
      const told = group.map(({ code, stratifier = [] }) => [
        code?.coding?.[0]?.code,
        stratifier.map((it) => it.code?.coding?.[0]?.code),
      ]);
      const counted = countMeasure(name, { facts: nothing, period, lists }).map((it) => [
        it.group,
        it.kind === 'offer'
          ? [undefined] // told by its components
          : it.lines.flatMap(({ stratifier, inner }) => [stratifier, ...(inner ? [inner] : [])]),
      ]);
      expect(counted).toEqual(told);
    }
  });

  test('stand in the CapabilityStatement', async () => {
    const { rest } = resourceOf<CapabilityStatement>(await gateway.ask('GET', '/fhir/metadata'));
    expect(rest?.[0]?.resource?.find(({ type }) => type === 'Measure')?.operation?.[0]?.name).toBe('evaluate-measure');
  });

  test('are found by what they can be searched by, and by nothing else', async () => {
    const found = resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Measure?name=Transfers', { as: 'operator' }));
    expect(found.entry?.map(({ resource }) => resource?.id)).toEqual(['mgn-transfers']);
    expect(rulesOf(await gateway.ask('GET', '/fhir/Measure?title=x', { as: 'operator' }))).toEqual([
      'search-parameter-unknown',
    ]);
  });
});

describe('$evaluate-measure', () => {
  test('answers a summary of a period that is over, in JSON, XML and CSV', async () => {
    const report = resourceOf<MeasureReport>(await evaluate(`${year}&reportType=summary`));
    expect(report).toMatchObject({
      type: 'summary',
      status: 'complete',
      measure: 'https://mgn.example/fhir/Measure/mgn-registrations|0.1.0',
      period: { start: '2025-01-01', end: '2025-12-31' },
    });
    expect(report.group?.[0]?.population?.[0]?.count).toBe(0);
    const { issues } = gateway.running.gateway.validator.validate(report);
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect((await evaluate(`${year}&_format=xml`)).text).toContain('<MeasureReport');
    for (const asked of [evaluate(`${year}&_format=csv`), evaluate(year, { headers: { accept: 'text/csv' } })]) {
      const { status, headers, text } = await asked;
      expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
      expect(text.split('\r\n').slice(0, 3)).toEqual([
        'measure;period-start;period-end;group;stratifier;stratum;stratum-nl;count;score;unit;hidden',
        'mgn-registrations;2025-01-01;2025-12-31;registrations;;;;0;;;no',
        'mgn-registrations;2025-01-01;2025-12-31;registrations;municipality;9901;Zonnerveen;0;;;no',
      ]);
    }
  });

  test('can be asked with Parameters', async () => {
    const parameter = [
      { name: 'periodStart', valueDate: '2025' },
      { name: 'periodEnd', valueDate: '2025' },
      { name: 'reportType', valueCode: 'population' },
    ];
    const path = '/fhir/Measure/mgn-silent-referrals/$evaluate-measure';
    const body = JSON.stringify({ resourceType: 'Parameters', parameter });
    expect((await gateway.ask('POST', path, { as: 'operator', body })).status).toBe(200);
    const wrong = { ...{ as: 'operator' }, body: JSON.stringify({ resourceType: 'Patient' }) };
    expect(rulesOf(await gateway.ask('POST', path, wrong))).toEqual(['measure-parameter-invalid']);
  });

  test.each([
    ['no period', '', ['measure-parameter-invalid', 'measure-parameter-invalid']],
    ['half a period', 'periodStart=2025-01-01', ['measure-parameter-invalid']],
    ['a date that is none', 'periodStart=2025-01-01&periodEnd=31-12-2025', ['measure-parameter-invalid']],
    ['a date twice', `${year}&periodEnd=2025-06-30`, ['measure-parameter-invalid']],
    ['a parameter that nobody knows', `${year}&provider=x`, ['measure-parameter-invalid']],
    ['part of the period of this network', 'periodStart=2025-01-01&periodEnd=2025-06-30', ['measure-period-invalid']],
    ['a year that is no calendar year', 'periodStart=2025-02-01&periodEnd=2026-01-31', ['measure-period-invalid']],
    ['a day that does not exist', 'periodStart=2025-01-01&periodEnd=2025-12-32', ['measure-period-invalid']],
    ['a period that is not over', 'periodStart=2199&periodEnd=2199', ['measure-period-not-ended']],
    ['one person', `${year}&subject=Patient/1`, ['measure-summary-only']],
    ['a list of persons', `${year}&reportType=subject-list`, ['measure-summary-only']],
  ])('refuses %s', async (_, query, rules) => {
    const answer = await evaluate(query);
    expect([answer.status, rulesOf(answer)]).toEqual([422, rules]);
  });

  test('refuses a missing token, an unknown Measure, method or format', async () => {
    expect((await evaluate(year, { as: '' })).status).toBe(401);
    expect((await evaluate(year, {}, 'mgn-nothing')).status).toBe(404);
    expect((await evaluate(`${year}&_format=ttl`)).status).toBe(406);
    const put = await gateway.ask('PUT', `/fhir/Measure/mgn-transfers/$evaluate-measure?${year}`, {
      as: 'operator',
      body: '{}',
    });
    expect([put.status, put.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('is for members of the network alone', async () => {
    const { running } = gateway;
    const { partners, directory } = running.gateway.network;
    const one = partners.get('gp-de-linde')!;
    const token = createHash('sha256').update('left').digest('hex');
    const left = {
      ...one,
      id: 'left',
      organization: 'Organization/left',
      tokens: [{ sha256: token, comment: 'left' }],
    };
    expect(directory.organization(left.organization)).toBeUndefined();
    const app = new Hono();
    const known = { ...running.gateway, authenticate: bearerTokens([left]) };
    app.get('/fhir/Measure/:id/$evaluate-measure', (context) => evaluateMeasure(known, context));
    const path = `/fhir/Measure/mgn-registrations/$evaluate-measure?${year}`;
    const answer = await app.request(path, { headers: { authorization: 'Bearer left' } });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('measure-members-only');
  });

  test('is on record as asked for', async () => {
    await evaluate(year, {}, 'mgn-transfers');
    const { items } = await gateway.store.audit({ entity: 'Measure/mgn-transfers', count: 10 });
    expect(items.length).toBeGreaterThan(0);
  });
});
