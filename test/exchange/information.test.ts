import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Questionnaire, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/** An owner asks who sent the order for more, and goes on once there is an answer: through HTTP, on the real store. */
let gateway: TestGateway;
let practice: Sink;
let asker: Sink;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  [practice, asker] = [await startSink(), await startSink()];
  gateway = await startGateway({ addresses: { 'gp-de-linde': practice.url, 'registration-team': asker.url } });
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([practice.close(), asker.close()]);
});

const canonical = 'https://mgn.example/fhir/Questionnaire/aanvullende-informatie';
const sdc = 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp';

const question = (task: string, more: Partial<Task> = {}): Task => ({
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  code: { coding: [{ system: sdc, code: 'complete-questionnaire' }] },
  focus: { reference: task },
  input: [{ type: { coding: [{ system: sdc, code: 'questionnaire' }] }, valueCanonical: canonical }],
  ...more,
});

const answer = (more: Partial<QuestionnaireResponse> = {}): QuestionnaireResponse => ({
  resourceType: 'QuestionnaireResponse',
  questionnaire: canonical,
  status: 'completed',
  item: [
    { linkId: 'person-informed', answer: [{ valueBoolean: true }] },
    { linkId: 'earlier-help', answer: [{ valueString: 'Gesprekken bij de POH, hielp even' }] },
  ],
  ...more,
});

async function referred() {
  const sent = await gp.post('', referral());
  return { task: locationOf(sent, 'Task')!, order: locationOf(sent, 'ServiceRequest')! };
}

async function asked(more: Partial<Task> = {}) {
  const { task, order } = await referred();
  await team.move(task, { status: 'accepted', businessStatus: 'on-waitlist' });
  const created = await team.post('/Task', question(task, more));
  expect(created.status, created.text).toBe(201);
  return { task, order, question: `Task/${resourceOf<Task>(created).id}` };
}

const complete = async (reference: string, resource: object, as = gp): Promise<Answered> =>
  gateway.ask('POST', `/fhir/${reference}/$transition`, {
    as: as === gp ? 'gp-de-linde' : 'registration-team',
    body: JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'status', valueCode: 'completed' },
        { name: 'answer', resource },
      ],
    }),
    headers: { 'if-match': `W/"${(await as.read<Task>(reference)).meta?.versionId}"` },
  });

describe('the owner asks', () => {
  test('by a Task of its own, for the same person: the work waits, and who sent the order gets the question', async () => {
    const before = practice.received.length;
    const it = await asked();
    const waiting = await team.read<Task>(it.task);
    expect(codeOf(waiting.businessStatus)).toBe('awaiting-information');
    const sub = await gp.read<Task>(it.question);
    expect(sub.partOf?.[0]?.reference).toBe(it.task);
    expect(sub.owner?.reference).toBe('Organization/gp-de-linde');
    expect(sub.for?.reference).toBe(waiting.for?.reference);
    const useCaseIn = ({ code }: Task) => code?.coding?.filter(({ system }) => system?.endsWith('/mgn-use-case'));
    expect(useCaseIn(sub), 'display and version included').toEqual(useCaseIn(waiting));
    expect(useCaseIn(waiting)?.[0]?.display).toBeDefined();
    expect(sub.input?.[0]?.valueCanonical).toBe(canonical);
    const found = await gp.tasks(`part-of=${it.task}&code=${sdc}|complete-questionnaire`);
    expect(found.map(({ id }) => `Task/${id}`)).toEqual([it.question]);
    const told = (text: string) => practice.received.slice(before).some((one) => one.text.includes(text));
    await expect.poll(() => told('aanvullende-informatie')).toBe(true);
    await expect.poll(() => told('awaiting-information')).toBe(true);
  });

  test.each([
    ['who does not carry it out', 'gp-de-linde', (task: string) => question(task), 403, 'question-forbidden'],
    ['about what it may not see', 'ggz-de-kade', (task: string) => question(task), 422, 'question-invalid'],
    [
      'with a Questionnaire that nobody knows',
      'registration-team',
      (task: string) =>
        question(task, {
          input: [
            {
              type: { coding: [{ system: sdc, code: 'questionnaire' }] },
              valueCanonical: 'https://elsewhere.example/q',
            },
          ],
        }),
      422,
      'question-invalid',
    ],
    ['without one', 'registration-team', (task: string) => question(task, { input: [] }), 422, 'question-invalid'],
  ])('not %s', async (_, as, made, status, rule) => {
    const { task } = await referred();
    const body = JSON.stringify({ ...made(task), ...(made(task).input?.length ? {} : { input: undefined }) });
    const refused = await gateway.ask('POST', '/fhir/Task', { as, body });
    expect([refused.status, ...rulesOf(refused)], refused.text).toEqual([status, rule]);
  });

  test('not as a candidate, who does not know for whom', async () => {
    const { task, order } = await referred();
    await team.move(task, { status: 'accepted' });
    await team.move(task, { status: 'in-progress' });
    const sent = await team.post(
      '',
      transferOf(['addiction-care-keerpunt'], { onward: { basedOn: order, partOf: task } }),
    );
    const keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
    const refused = await keerpunt.post('/Task', question(locationOf(sent, 'Task')!));
    expect([refused.status, ...rulesOf(refused)]).toEqual([422, 'question-before-selection']);
  });

  test('not about a question, or about work that has ended', async () => {
    const it = await asked();
    const about = await gp.post('/Task', question(it.question));
    expect([about.status, ...rulesOf(about)]).toEqual([422, 'question-before-selection']);
    await gp.move(it.task, { status: 'cancelled', reason: 'withdrawn-by-person' });
    const late = await team.post('/Task', question(it.task));
    expect([late.status, ...rulesOf(late)]).toEqual([409, 'task-ended']);
  });
});

describe('who is asked answers', () => {
  test('in one move with the answer: it reaches who asked, and the work stands where it stood', async () => {
    const it = await asked();
    const before = asker.received.length;
    const done = await complete(it.question, answer());
    expect(done.status, done.text).toBe(200);
    const { output } = resourceOf<Task>(done);
    const response = await team.read<QuestionnaireResponse>(output![0]!.valueReference!.reference!);
    expect(response.item?.[1]?.answer?.[0]?.valueString).toContain('POH');
    expect(response.basedOn?.[0]?.reference).toBe(it.order);
    expect(codeOf((await team.read<Task>(it.task)).businessStatus)).toBe('on-waitlist');
    await asker.until(before + 2);
    const told = asker.received.slice(before).map(({ text }) => text);
    expect(told.filter((text) => text.includes('hielp even'))).toHaveLength(1);
    const bundle = JSON.parse(told.find((text) => text.includes('hielp even'))!) as Bundle;
    expect(bundle.entry?.map(({ request }) => request?.method)).toEqual(['PUT', 'POST']);
  });

  test('in two: the answer is posted, and named by the Task that is completed', async () => {
    const it = await asked();
    const posted = await gp.post('/QuestionnaireResponse', answer({ basedOn: [{ reference: it.order }] }));
    expect(posted.status, posted.text).toBe(201);
    const reference = `QuestionnaireResponse/${resourceOf(posted).id}`;
    expect(await team.status(reference), 'not before it is given').toBe(404);
    const now = await gp.read<Task>(it.question);
    const output = [
      { type: { coding: [{ system: sdc, code: 'questionnaire-response' }] }, valueReference: { reference } },
    ];
    const done = await gateway.ask('PUT', `/fhir/${it.question}`, {
      as: 'gp-de-linde',
      body: JSON.stringify({ ...now, status: 'completed', output }),
      headers: { 'if-match': `W/"${now.meta?.versionId}"` },
    });
    expect(done.status, done.text).toBe(200);
    expect(await team.status(reference)).toBe(200);
    expect(codeOf((await team.read<Task>(it.task)).businessStatus)).toBe('on-waitlist');
    const again = await gp.post('/QuestionnaireResponse', answer({ basedOn: [{ reference: it.order }] }));
    expect([again.status, ...rulesOf(again)], 'nobody asks any more').toEqual([
      403,
      'questionnaire-response-not-requested',
    ]);
  });

  test('to a Questionnaire that the Task brings with it', async () => {
    const own: Questionnaire = {
      resourceType: 'Questionnaire',
      id: 'q',
      url: 'https://team.example/Questionnaire/een-vraag',
      status: 'active',
      item: [{ linkId: 'v', type: 'string', text: 'Welke apotheek?', required: true }],
    };
    const it = await asked({
      contained: [own],
      input: [{ type: { coding: [{ system: sdc, code: 'questionnaire' }] }, valueReference: { reference: '#q' } }],
    });
    const empty = await complete(it.question, answer({ questionnaire: own.url!, item: [] }));
    expect(empty.status).toBe(422);
    const given = [{ linkId: 'v', answer: [{ valueString: 'Apotheek Veen' }] }];
    const done = await complete(it.question, answer({ questionnaire: own.url!, item: given }));
    expect(done.status, done.text).toBe(200);
  });

  test.each([
    [
      'what is not asked',
      answer({ item: [{ linkId: 'unknown', answer: [{ valueString: 'x' }] }] }),
      'answer-item-unknown',
    ],
    ['too little', answer({ item: [] }), 'answer-missing'],
    [
      'another form',
      {
        resourceType: 'QuestionnaireResponse',
        questionnaire: 'https://mgn.example/fhir/Questionnaire/verkennend-gesprek',
        status: 'in-progress',
      },
      'questionnaire-response-invalid',
    ],
    ['half of it', answer({ status: 'in-progress' }), 'questionnaire-response-invalid'],
    [
      'about somebody else',
      answer({ subject: { reference: 'Patient/00000000-0000-4000-8000-000000000001' } }),
      'questionnaire-response-invalid',
    ],
    ['something else', { resourceType: 'Basic', code: { text: 'x' } }, 'questionnaire-response-invalid'],
  ])('not with %s', async (_, wrong, rule) => {
    const it = await asked();
    const refused = await complete(it.question, wrong);
    expect(refused.status, refused.text).toBe(422);
    expect(rulesOf(refused)).toContain(rule);
    expect((await gp.read<Task>(it.question)).status).toBe('requested');
  });

  test('not without an answer, and not by who asked', async () => {
    const it = await asked();
    const empty = await gp.move(it.question, { status: 'completed' });
    expect([empty.status, ...rulesOf(empty)]).toEqual([422, 'questionnaire-response-missing']);
    const own = await complete(it.question, answer(), team);
    expect([own.status, ...rulesOf(own)]).toEqual([403, 'task-transition-forbidden']);
  });

  test('or says that it will not: the work goes on without', async () => {
    const it = await asked();
    const no = await gp.move(it.question, { status: 'rejected', reason: 'patient-choice' });
    expect(no.status, no.text).toBe(200);
    expect(codeOf((await team.read<Task>(it.task)).businessStatus)).toBe('on-waitlist');
  });

  test('two questions at the same instant: the work waits for both', async () => {
    const it = await asked();
    const second = resourceOf<Task>(await team.post('/Task', question(it.task)));
    const answers = await Promise.all([complete(it.question, answer()), complete(`Task/${second.id}`, answer())]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(codeOf((await team.read<Task>(it.task)).businessStatus)).toBe('on-waitlist');
  });
});

describe('the question ends with the work', () => {
  test('that is rejected or withdrawn', async () => {
    const one = await asked();
    expect((await team.move(one.task, { status: 'rejected', reason: 'incomplete-referral' })).status).toBe(200);
    const other = await asked();
    expect((await gp.move(other.order, { status: 'revoked', reason: 'withdrawn-by-person' })).status).toBe(200);
    for (const { question: it } of [one, other]) {
      const ended = await gp.read<Task>(it);
      expect([ended.status, codeOf(ended.statusReason)]).toEqual(['cancelled', 'overtaken']);
    }
  });

  test('or with the owner, who needs it no more', async () => {
    const it = await asked();
    expect((await team.move(it.question, { status: 'cancelled', reason: 'expired' })).status).toBe(200);
    expect(codeOf((await team.read<Task>(it.task)).businessStatus)).toBe('on-waitlist');
  });
});

describe('across domains', () => {
  test('who referred from the social domain is asked in a published form, without words of care', async () => {
    const sent = await gateway.ask('POST', '/fhir', {
      as: 'sociaal-werk-lissenmond',
      body: readFileSync(
        join(import.meta.dirname, '../../examples/messages/009-referral-by-social-work/input.json'),
        'utf8',
      ),
    });
    expect(sent.status, sent.text).toBe(200);
    const task = locationOf(sent, 'Task')!;
    const worded = await team.post('/Task', question(task, { description: 'Is er een diagnose?' }));
    expect([worded.status, ...rulesOf(worded)]).toEqual([403, 'question-free-text-forbidden']);
    const made = await team.post('/Task', question(task));
    expect(made.status, made.text).toBe(201);
    const social = partnerAt(gateway, 'sociaal-werk-lissenmond');
    expect((await social.read<Task>(`Task/${resourceOf(made).id}`)).input?.[0]?.valueCanonical).toBe(canonical);
  });
});
