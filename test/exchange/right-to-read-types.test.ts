import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Bundle, BundleEntry, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personElements } from '../../src/vocabulary/clinical-types.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral } from '../support/exchange/transfer-bundle.ts';
import { type Answered, locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The right to read ends for everything that came with an order: whatever its type, and however much it is. */
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  gateway = await startGateway();
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
});
afterAll(() => gateway.stop());

const about = { reference: 'urn:uuid:about' };
const words = { text: 'x' };
const meeting = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' };

/** Types about the person; with what refers to them, or is referred to by them. */
const sent: Readonly<Record<string, object>> = {
  Observation: { subject: about, status: 'final', code: words },
  AllergyIntolerance: {
    patient: about,
    code: words,
    verificationStatus: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
          code: 'entered-in-error',
        },
      ],
    },
  },
  MedicationStatement: { subject: about, status: 'active', medicationCodeableConcept: words },
  Coverage: { beneficiary: about, status: 'active', payor: [about] },
  Device: { patient: about },
  Media: { subject: about, status: 'completed', content: { title: 'x' } },
  List: { subject: about, status: 'current', mode: 'working' },
  Specimen: { subject: about },
  Goal: { subject: about, lifecycleStatus: 'active', description: words },
  RelatedPerson: {
    patient: about,
    name: [{ family: 'Proefnaaste' }],
    relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'FRND' }] }],
  },
  Encounter: { subject: about, status: 'finished', class: meeting },
  EpisodeOfCare: { patient: about, status: 'active' },
  ImmunizationRecommendation: {
    patient: about,
    date: '2026-11-01',
    recommendation: [{ vaccineCode: [words], forecastStatus: words }],
  },
  Account: { subject: [about], status: 'active' },
  CareTeam: { subject: about, status: 'active' },
  Person: { link: [{ target: about }] },
  Basic: { subject: about, code: words },
};

const sdc = 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp';
const form = 'https://mgn.example/fhir/Questionnaire/aanvullende-informatie';

const question = (task: string): Task => ({
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  code: { coding: [{ system: sdc, code: 'complete-questionnaire' }] },
  focus: { reference: task },
  input: [{ type: { coding: [{ system: sdc, code: 'questionnaire' }] }, valueCanonical: form }],
});

const response: QuestionnaireResponse = {
  resourceType: 'QuestionnaireResponse',
  questionnaire: form,
  status: 'completed',
  item: [
    { linkId: 'person-informed', answer: [{ valueBoolean: true }] },
    { linkId: 'earlier-help', answer: [{ valueString: 'Gesprekken bij de POH' }] },
  ],
};

const entriesOf = (resources: readonly object[]): BundleEntry[] =>
  resources.map((resource, n) => ({
    fullUrl: `urn:uuid:00000000-0000-4000-8000-${String(n + 1000).padStart(12, '0')}`,
    resource,
  })) as BundleEntry[];

async function referred(resources: readonly object[]): Promise<Answered> {
  const bundle = referral();
  const person = bundle.entry!.find(({ resource }) => resource?.resourceType === 'Patient')!;
  bundle.entry!.push(...entriesOf(resources));
  const answer = await gp.post('', JSON.parse(JSON.stringify(bundle).replaceAll(about.reference, person.fullUrl!)));
  expect(answer.status, answer.text.slice(0, 600)).toBe(200);
  return answer;
}

async function readAfterRejection(answer: Answered): Promise<readonly string[]> {
  const all = (resourceOf<Bundle>(answer).entry ?? []).map(({ response }) =>
    response!.location!.replace(/\/_history.*/, ''),
  );
  const task = all.find((it) => it.startsWith('Task/'))!;
  // of very many alike, each twentieth is read while it can be
  const some = all.filter((_, at) => all.length < 100 || at < 20 || at % 20 === 0);
  const before: string[] = [];
  for (const it of some) if ((await team.status(it)) === 200) before.push(it);
  expect(before.length).toBeGreaterThan(5);
  expect((await team.move(task, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
  const after: string[] = [];
  for (const it of all) {
    const wasRead = before.includes(it) || !some.includes(it);
    if (wasRead && it !== task && (await team.status(it)) === 200) after.push(it);
  }
  for (const it of before) expect(await gp.status(it), 'its sender reads on').toBe(200);
  return after;
}

test.each(Object.entries(sent))('%s', async (resourceType, resource) => {
  expect(await readAfterRejection(await referred([{ resourceType, ...resource }]))).toEqual([]);
});

test('a type that only another resource of the message names', async () => {
  const medication = { resourceType: 'Medication', code: words };
  const statement = {
    resourceType: 'MedicationStatement',
    subject: about,
    status: 'active',
    medicationReference: { reference: 'urn:uuid:00000000-0000-4000-8000-000000001000' },
  };
  expect(await readAfterRejection(await referred([medication, statement]))).toEqual([]);
});

test('more than one search returns', async () => {
  const many = Array.from({ length: 620 }, () => ({ resourceType: 'Observation', ...sent.Observation }));
  expect(await readAfterRejection(await referred(many))).toHaveLength(0);
});

describe('more than a case shows', () => {
  const many = (count: number) =>
    Array.from({ length: count }, () => ({ resourceType: 'Observation', ...sent.Observation }));

  /** The team accepts and asks for more. */
  async function asked(answer: Answered) {
    const task = locationOf(answer, 'Task')!;
    await team.move(task, { status: 'accepted', businessStatus: 'on-waitlist' });
    const created = await team.post('/Task', question(task));
    expect(created.status, created.text).toBe(201);
    const reference = `Task/${resourceOf<Task>(created).id}`;
    return { task, question: reference, version: (await gp.read<Task>(reference)).meta?.versionId };
  }

  const give = (it: { readonly question: string; readonly version: string | undefined }) =>
    gateway.ask('POST', `/fhir/${it.question}/$transition`, {
      as: 'gp-de-linde',
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'status', valueCode: 'completed' },
          { name: 'answer', resource: response },
        ],
      }),
      headers: { 'if-match': `W/"${it.version}"` },
    });

  const givenTo = async (reader: typeof gp, reference: string): Promise<readonly string[]> =>
    ((await reader.read<Task>(reference)).output ?? []).flatMap(
      ({ valueReference }) => valueReference?.reference ?? [],
    );

  const rejection = { status: 'rejected', reason: 'at-capacity' };

  /** The GP answers: a message after the referral, which the team reads. */
  async function answered(answer: Answered) {
    const it = await asked(answer);
    const given = await give(it);
    expect(given.status, given.text).toBe(200);
    const stored = await givenTo(team, it.question);
    expect(stored).toHaveLength(1);
    expect(await team.status(stored[0]!)).toBe(200);
    return { task: it.task, response: stored[0]! };
  }

  test.each([[3], [620]])('what came in a later message ends too, after %d resources', async (count) => {
    const it = await answered(await referred(many(count)));
    expect((await team.move(it.task, rejection)).status).toBe(200);
    expect(await team.status(it.response)).toBe(404);
    expect(await team.status(`${it.response}/_history/1`)).toBe(404);
    expect(await gp.status(it.response), 'its sender reads on').toBe(200);
  });

  test('an answer that is stored while the team rejects is not read either', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 24; round++) {
      const it = await asked(await referred(many(3)));
      const [given, rejected] = await Promise.all([
        pauseFor(round % 12).then(() => give(it)),
        pauseFor((round * 7) % 12).then(() => team.move(it.task, rejection)),
      ]);
      outcomes.add(`${given.status}, ${rejected.status}`);
      if (rejected.status !== 200) continue;
      for (const stored of await givenTo(gp, it.question)) expect(await team.status(stored), stored).toBe(404);
    }
    // who comes second is refused for the version, or comes after all of the first
    expect([...outcomes].filter((it) => !['200, 412', '412, 200', '200, 200'].includes(it))).toEqual([]);
    expect(outcomes.size).toBeGreaterThan(1);
  });
});

test('the types above are among those about a person', () => {
  expect(Object.keys(sent).filter((it) => it in personElements).length).toBeGreaterThan(5);
});
