import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Found, playJourney } from '../support/non-interference/journey.ts';
import { openSide, type Question, type Reply, type Side } from '../support/non-interference/side.ts';

/** What once revealed to somebody what isn't theirs: a test for each kind. */
let side: Side;
let found: Found;
let asked = 0;
beforeAll(async () => {
  side = await openSide();
  const played = await playJourney(side, { edit: (_, body) => body });
  expect(played.failed).toEqual([]);
  found = played.found;
});
afterAll(() => side.close());

const ask = (as: string | undefined, question: Question): Promise<Reply> =>
  side.ask({ name: `asked ${asked}`, number: 600 + asked++ }, as, question);
const get = (as: string, path: string) => ask(as, { method: 'GET', path: `/fhir/${path}` });
const rulesOf = ({ text }: Reply) =>
  (JSON.parse(text) as OperationOutcome).issue.map(({ details }) => details?.coding?.[1]?.code);
const tasksIn = ({ text }: Reply) =>
  ((JSON.parse(text) as Bundle).entry ?? []).map(({ resource }) => `Task/${resource?.id}`);

test('a place in a list has no number of a row in it, by which a partner could count what others send', async () => {
  const { text } = await get('registration-team', 'Task?_count=1');
  const cursor = /_cursor=([\w-]+)/.exec(text)?.[1] ?? '';
  const bytes = Buffer.from(cursor, 'base64url');
  expect(bytes.byteLength, 'the same for every place').toBe(60);
  expect(bytes.toString('latin1')).not.toMatch(/^-?[0-9a-z]+\.[0-9a-z]+$/);
  expect((await get('registration-team', 'Task?_count=1')).text, 'one place is one link').toBe(text);
  expect((await get('registration-team', `Task?_count=1&_cursor=${cursor}`)).status).toBe(200);
  for (const [as, path] of [
    ['gp-de-linde', 'Task'],
    ['registration-team', 'ServiceRequest'],
  ] as const)
    expect(rulesOf(await get(as, `${path}?_count=1&_cursor=${cursor}`)), 'of another').toEqual([
      'search-value-malformed',
    ]);
  const forged = Buffer.from('mx33kkao.1beo').toString('base64url');
  expect(rulesOf(await get('registration-team', `Task?_cursor=${forged}`))).toEqual(['search-value-malformed']);
});

test('the deliveries that wait, and the graphs that were validated, are counted for an operator only', async () => {
  const readyz = (as?: string) => ask(as, { method: 'GET', path: '/readyz' });
  for (const as of [undefined, 'gp-de-linde', 'nobody']) {
    const { status, text } = await readyz(as);
    expect([status, Object.keys(JSON.parse(text))]).toEqual([200, ['status', 'store', 'configuration']]);
  }
  expect(JSON.parse((await readyz('operator')).text)).toMatchObject({
    waiting: expect.any(Number),
    dead: 0,
    secondValidations: {},
  });
});

test.each<[string, (id: string) => string, boolean]>([
  ['its own id', (id: string) => `identifier=${id}`, true],
  ['without the number of its sender', () => 'identifier:not=open-task-0', true],
  ['without a person', () => 'patient:missing=true', true],
  ['with a focus', () => 'focus:missing=false', true],
  ['with a part', () => 'part-of:missing=false', false],
  ['the number of its sender', () => 'identifier=open-task-0', false],
  ['with a person', () => 'patient:missing=false', false],
])('a search by %s finds a candidate its Task as it sees it, not as it is stored', async (_, query, isFound) => {
  const own = found.get('open keerpunt')!;
  const answer = await get('keerpunt-verslavingszorg', `Task?status=requested&${query(own.split('/')[1]!)}`);
  expect(tasksIn(answer).includes(own)).toBe(isFound);
  expect((JSON.parse(answer.text) as Bundle).total).toBe(tasksIn(answer).length);
});

test('a candidate does not learn by a transaction which of its Tasks are of one journey, or of a person it knows', async () => {
  const moved = async (as: string, names: readonly string[]) => {
    const entry = await Promise.all(
      names.map(async (name) => {
        const task = JSON.parse((await get(as, found.get(name)!)).text) as Task;
        const url = `Task/${task.id}`;
        return {
          fullUrl: `http://localhost:8080/fhir/${url}`,
          resource: { ...task, status: 'received' },
          request: { method: 'PUT', url, ifMatch: `W/"${task.meta?.versionId}"` },
        };
      }),
    );
    return ask(as, { method: 'POST', path: '/fhir', body: { resourceType: 'Bundle', type: 'transaction', entry } });
  };
  const ofOneJourney = await moved('ggz-horizonland', ['open horizonland', 'open crisis']);
  const ofTwo = await moved('keerpunt-verslavingszorg', ['open keerpunt', 'chosen keerpunt']);
  const besideKnown = await moved('ggz-horizonland', ['chosen horizonland', 'open crisis']);
  expect(rulesOf(ofOneJourney)).toEqual(['transaction-candidate', 'transaction-candidate']);
  expect(ofTwo.text).toBe(ofOneJourney.text);
  expect(rulesOf(besideKnown)).toEqual(['transaction-candidate']);
});

test('a proposal of places does not exclude a candidate that does not know it was asked about this order', async () => {
  const accepted = { resourceType: 'Parameters', parameter: [{ name: 'status', valueCode: 'accepted' }] };
  const selected = { resourceType: 'Parameters', parameter: [{ name: 'businessStatus', valueCode: 'selected' }] };
  const moved = (as: string, version: number, body: object) =>
    ask(as, {
      method: 'POST',
      path: `/fhir/${found.get('open crisis')}/$transition`,
      body,
      headers: { 'if-match': `W/"${version}"` },
    });
  expect((await moved('ggz-horizonland', 1, accepted)).status).toBe(200);
  expect((await moved('gp-de-linde', 2, selected)).status).toBe(200);
  const order = found.get('open transfer')!;
  const proposal = `${order}/$propose-transfer?type=specialist-ggz`;
  const timesAsked = (it: Reply) => it.text.split('already received the request').length - 1;
  // its service for specialist care was asked as a candidate; of the order it learnt by the Task of another service alone
  const [bySelected, bySender] = [await get('ggz-horizonland', proposal), await get('gp-de-linde', proposal)];
  expect([bySelected.status, bySender.status]).toEqual([200, 200]);
  expect(timesAsked(bySender)).toBeGreaterThan(0);
  expect(timesAsked(bySelected)).toBe(timesAsked(bySender) - 1);
});

test('whoever reads an order does not learn by a label whom else it was asked of', async () => {
  const answers: string[] = [];
  for (const without of [new Set<never>(), new Set(['rival candidate'] as const)]) {
    const it = await openSide();
    const { found: names } = await playJourney(it, { edit: (_, body) => body, without });
    const order = names.get('transfer')!;
    const step = (name: string) => ({ name, number: 700 });
    const read = await it.ask(step('read'), 'ggz-horizonland', { method: 'GET', path: `/fhir/${order}` });
    const resource = JSON.parse(read.text) as { meta: { versionId: string } };
    const labelled = { ...resource, meta: { ...resource.meta, tag: [{ system: 'urn:label', code: 'seen' }] } };
    const headers = { 'if-match': `W/"${resource.meta.versionId}"` };
    const answer = await it.ask(step('label'), 'ggz-horizonland', {
      method: 'PUT',
      path: `/fhir/${order}`,
      body: labelled,
      headers,
    });
    answers.push(`${answer.status} ${answer.text}`);
    await it.close();
  }
  expect(answers[0]).toContain('order-update-forbidden');
  expect(answers[1]).toBe(answers[0]);
});

test('a referral takes about as many statements for a person whom others referred as for one whom nobody did', async () => {
  const transfer = JSON.stringify(transferOf(['addiction-care-keerpunt'], { directed: true }))
    .replaceAll('99990101', '99990199')
    .replaceAll('01999901', '01999999');
  const explained = (bsn: string) =>
    ask('ggz-de-kade', { method: 'POST', path: '/fhir/$explain', body: transfer.replaceAll('999901102', bsn) });
  await explained('999902337');
  const [known, unknown] = [await explained('999901102'), await explained('999902337')];
  expect(known.text).toContain('"valueCode":"accepted"');
  // the store counts the resources that have the number before it looks who may read them: one statement a search
  expect(known.statements - unknown.statements).toBeLessThanOrEqual(2);
});
