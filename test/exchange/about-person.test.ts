import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disclose } from '../../src/disclosure/index.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { clinicalTypes, personElements } from '../../src/vocabulary/clinical-types.ts';
import { grounds } from '../support/disclosure/grounds.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, resourceOf, startGateway, type TestGateway, warningsOf } from '../support/test-gateway.ts';

let gateway: TestGateway;
let sink: Awaited<ReturnType<typeof startSink>>;
beforeAll(async () => {
  sink = await startSink();
  gateway = await startGateway({ addresses: { 'registration-team': sink.url } });
});
afterAll(async () => {
  await gateway.stop();
  await sink.close();
});

const about = { reference: 'urn:uuid:about' };
const clinical = [
  {
    resourceType: 'AllergyIntolerance',
    patient: about,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
    code: { text: 'x' },
  },
  { resourceType: 'Condition', subject: about, code: { text: 'x' } },
  { resourceType: 'DocumentReference', subject: about, status: 'current', content: [{ attachment: { title: 'x' } }] },
  { resourceType: 'Flag', subject: about, status: 'active', code: { text: 'x' } },
  { resourceType: 'MedicationStatement', subject: about, status: 'active', medicationCodeableConcept: { text: 'x' } },
  { resourceType: 'Observation', subject: about, status: 'final', code: { text: 'x' } },
  { resourceType: 'Procedure', subject: about, status: 'completed', code: { text: 'x' } },
  { resourceType: 'RiskAssessment', subject: about, status: 'final' },
] as const;

/** The example referral with more entries, whose `about` is its Patient. */
function referralWithMore(more: readonly object[], text = referralText): string {
  const bundle = JSON.parse(text) as Bundle;
  const person = bundle.entry!.find(({ resource }) => resource?.resourceType === 'Patient')!;
  const entries = more.map((resource, index) => ({
    fullUrl: `urn:uuid:00000000-0000-4000-8000-0000000000${10 + index}`,
    resource,
  }));
  bundle.entry!.push(...(entries as NonNullable<Bundle['entry']>));
  return JSON.stringify(bundle).replaceAll(about.reference, person.fullUrl!);
}

describe('what is about the person and sent with a referral belongs to it', () => {
  test.each(clinical)(
    '$resourceType: delivered, read, searched where that is offered, and part of the case',
    async (it) => {
      const type = it.resourceType;
      const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralWithMore([it]) });
      expect(answer.status, answer.text.slice(0, 500)).toBe(200);
      expect(warningsOf(answer)).not.toContain('entry-not-delivered');
      const locations = (resourceOf<Bundle>(answer).entry ?? []).map(({ response }) => response?.location ?? '');
      const location = locations.findLast((one) => one.startsWith(`${type}/`))!.replace(/\/_history.*/, '');
      const read = await gateway.ask('GET', `/fhir/${location}`, { as: 'registration-team' });
      expect(read.status).toBe(200);
      expect((await gateway.ask('GET', `/fhir/${location}`, { as: 'ggz-de-kade' })).status).toBe(404);
      const found = await gateway.ask('GET', `/fhir/${type}?patient=${locationOf(answer, 'Patient')}`, {
        as: 'registration-team',
      });
      expect(found.text).toContain(location);
      const whole = await gateway.ask('GET', `/fhir/${locationOf(answer, 'ServiceRequest')}/$case`, {
        as: 'registration-team',
      });
      expect(whole.text).toContain(location);
      await expect
        .poll(() => JSON.stringify(sink.received.map(({ bundle }) => bundle)), { timeout: 10_000 })
        .toContain(location);
    },
  );

  test('what names another person or nobody is not delivered, and a warning names its entry', async () => {
    const stray = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralWithMore([stray]) });
    const [first] = resourceOf<Bundle>(answer).entry ?? [];
    const { issue = [] } = (first?.response?.outcome ?? {}) as Partial<OperationOutcome>;
    const found = issue.filter(({ details }) => details?.coding?.[1]?.code === 'entry-not-delivered');
    const place = (JSON.parse(referralText) as Bundle).entry!.length;
    expect(found.map(({ expression }) => expression?.[0])).toEqual([`Bundle.entry[${place}].resource`]);
    const location = locationOf(answer, 'Observation');
    expect((await gateway.ask('GET', `/fhir/${location}`, { as: 'registration-team' })).status).toBe(404);
  });

  test('a type that no line of the projection allows is not delivered, and a warning says so', async () => {
    const report = {
      resourceType: 'MeasureReport',
      subject: about,
      status: 'complete',
      type: 'individual',
      measure: 'https://example.org/Measure/1',
      period: { start: '2026-01-01', end: '2026-02-01' },
    };
    const letter = {
      resourceType: 'DocumentReference',
      subject: about,
      status: 'current',
      content: [{ attachment: { title: 'x' } }],
      context: { related: [{ reference: 'urn:uuid:00000000-0000-4000-8000-000000000010', display: 'secret report' }] },
    };
    const body = referralWithMore([report, letter]);
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    expect(answer.status, answer.text.slice(0, 500)).toBe(200);
    expect(warningsOf(answer)).toContain('entry-type-not-disclosed');
    const received = () =>
      sink.received.map(({ text }) => text).find((it) => it.includes(locationOf(answer, 'DocumentReference')!));
    await expect.poll(received, { timeout: 10_000 }).toBeDefined();
    expect(received()).not.toMatch(/MeasureReport|secret report/);
  });

  test('the social domain receives none of it', () => {
    const text = readFileSync(
      join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'),
      'utf8',
    );
    const graph = JSON.parse(referralWithMore(clinical, text)) as Bundle;
    const task = graph.entry!.find(({ resource }) => resource?.resourceType === 'Task')!.resource as Task;
    const disclosed = disclose({
      graph,
      recipient: {
        partner: 'wijkteam-zonnerveen',
        domain: 'social',
        references: [task.owner?.reference ?? '', 'Organization/wijkteam-zonnerveen'],
        identifiers: [],
        projections: projectionsFor('social'),
      },
      purpose: 'referral',
      now: new Date('2026-11-30T12:00:00Z'),
      grounds,
      projection: { newId: () => 'x', base: 'http://localhost', requester: { display: 'x' }, source: 'x' } as never,
    });
    const types =
      disclosed.kind === 'permitted' ? disclosed.bundle.entry!.map(({ resource }) => resource?.resourceType) : [];
    for (const { resourceType } of clinical) expect(types).not.toContain(resourceType);
  });

  test('each clinical type is searched by the element that names its person', () => {
    expect(clinicalTypes).toEqual(Object.keys(personElements));
    expect(new Set(Object.values(personElements))).toEqual(new Set(['subject', 'patient', 'beneficiary']));
  });
});

describe('the definitions that a message names are served to every partner', () => {
  test.each([
    ['Questionnaire', 'aanvullende-informatie'],
    ['StructureDefinition', 'mgn-referral'],
    ['ValueSet', 'mgn-domain'],
    ['CodeSystem', 'mgn-domain'],
    ['OperationDefinition', 'mgn-case'],
  ])('%s: read, and searched by url', async (type, id) => {
    const url = `https://mgn.example/fhir/${type}/${id}`;
    const found = resourceOf<Bundle>(await gateway.ask('GET', `/fhir/${type}?url=${url}`, { as: 'gp-de-linde' }));
    expect(found.entry?.map(({ resource }) => (resource as Resource & { url: string }).url)).toEqual([url]);
    const read = await gateway.ask('GET', `/fhir/${type}/${found.entry?.[0]?.resource?.id}`, {
      as: 'herstelinitiatief-de-brug',
    });
    expect(read.status).toBe(200);
    expect((await gateway.ask('GET', `/fhir/${type}/nothing`, { as: 'gp-de-linde' })).status).toBe(404);
  });
});
