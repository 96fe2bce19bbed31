import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, BundleEntry, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { parseJson } from '../../src/fhir/json.ts';
import { writeXml } from '../../src/fhir/xml.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

type Referred = { readonly task: string; readonly order: string };
const refer = async (): Promise<Referred> => {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
  return { task: locationOf(answer, 'Task')!, order: locationOf(answer, 'ServiceRequest')! };
};

const entryOf = (method: 'PUT' | 'PATCH', url: string, resource: unknown, version = 1): BundleEntry => ({
  resource: resource as NonNullable<BundleEntry['resource']>,
  request: { method, url, ifMatch: `W/"${version}"` },
});
const jsonPatch = (...operations: readonly object[]) => ({
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
const toStatus = (status: string) => jsonPatch({ op: 'replace', path: '/status', value: status });
const pathPatch = (status: string) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: 'Task.status' },
        { name: 'value', valueCode: status },
      ],
    },
  ],
});
const accepting = (task: string, version = 1) => entryOf('PATCH', task, toStatus('accepted'), version);

const bundleOf = (...entry: readonly BundleEntry[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [...entry],
});
const send = (bundle: Bundle, as = 'registration-team') =>
  gateway.ask('POST', '/fhir', { as, body: JSON.stringify(bundle) });
const taskAt = async (task: string) =>
  resourceOf<Task>(await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-de-linde' }));
const statusesOf = (tasks: readonly string[]) =>
  Promise.all(tasks.map(async (it) => `${(await taskAt(it)).status} ${(await taskAt(it)).meta?.versionId}`));

describe('moves of several orders in one transaction', () => {
  test('by JSON Patch, FHIRPath Patch and PUT at once; each entry is answered with its version', async () => {
    const tasks = [(await refer()).task, (await refer()).task, (await refer()).task] as const;
    const read = await gateway.ask('GET', `/fhir/${tasks[2]}`, { as: 'registration-team' });
    const whole = { ...resourceOf<Task>(read), status: 'accepted' };
    const answer = await send(
      bundleOf(accepting(tasks[0]), entryOf('PATCH', tasks[1], pathPatch('accepted')), entryOf('PUT', tasks[2], whole)),
    );
    expect(answer.status, answer.text).toBe(200);
    const { type, entry = [] } = resourceOf<Bundle>(answer);
    expect(type).toBe('transaction-response');
    expect(entry.map(({ response }) => [response?.status, response?.etag, response?.location])).toEqual(
      tasks.map((it) => ['200 OK', 'W/"2"', `${it}/_history/2`]),
    );
    expect(await statusesOf(tasks)).toEqual(Array(3).fill('accepted 2'));
  });

  test('from XML too, and of orders', async () => {
    const [one, other] = [await refer(), await refer()];
    const revoking = ({ order }: Referred) => entryOf('PATCH', order, toStatus('revoked'));
    const body = writeXml(parseJson(JSON.stringify(bundleOf(revoking(one), revoking(other)))));
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body, contentType: 'application/fhir+xml' });
    expect(answer.status, answer.text).toBe(200);
    expect(await statusesOf([one.task, other.task])).toEqual(['cancelled 2', 'cancelled 2']);
  });

  test('the same again is a duplicate that offers the first answer', async () => {
    const { task } = await refer();
    const asking = {
      as: 'registration-team',
      body: JSON.stringify(bundleOf(accepting(task))),
      requestId: randomUUID(),
    };
    expect((await gateway.ask('POST', '/fhir', asking)).status).toBe(200);
    const again = await gateway.ask('POST', '/fhir', asking);
    expect([again.status, ...rulesOf(again)]).toEqual([409, 'duplicate']);
    expect(resourceOf<OperationOutcome>(again).contained?.[0]).toMatchObject({ type: 'transaction-response' });
  });

  test.each<[string, (tasks: readonly Referred[]) => BundleEntry, number, string]>([
    ['a stale version', ([, it]) => accepting(it!.task, 7), 412, 'version-stale'],
    [
      'no If-Match',
      ([, it]) => ({ ...accepting(it!.task), request: { method: 'PATCH', url: it!.task } }),
      412,
      'if-match-missing',
    ],
    ['an illegal move', ([, it]) => entryOf('PATCH', it!.task, toStatus('completed')), 422, 'task-transition-invalid'],
    ['a Task that is not there', () => accepting(`Task/${randomUUID()}`), 404, 'not-found'],
    ['the same Task again', ([it]) => accepting(it!.task), 422, 'transaction-overlap'],
    [
      'another type',
      () => entryOf('PUT', 'Patient/1', { resourceType: 'Patient', id: '1' }),
      422,
      'transaction-entry-invalid',
    ],
    ['a condition for an id', () => accepting('Task?status=requested'), 422, 'transaction-entry-invalid'],
    [
      'no content',
      ([, it]) => ({ request: { method: 'PATCH', url: it!.task, ifMatch: 'W/"1"' } }),
      422,
      'transaction-entry-invalid',
    ],
    [
      'a Binary of another type',
      ([, it]) => entryOf('PATCH', it!.task, { resourceType: 'Binary', contentType: 'text/plain', data: 'YQ==' }),
      415,
      'media-type-unsupported',
    ],
    [
      'a new resource beside it',
      () => ({ resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } }),
      422,
      'entry-method-unsupported',
    ],
  ])('%s in one entry: nothing is done of the other either', async (_, wrong, status, rule) => {
    const referred = [await refer(), await refer()];
    const tasks = referred.map(({ task }) => task);
    const answer = await send(bundleOf(accepting(tasks[0]!), wrong(referred)));
    expect([answer.status, rulesOf(answer).includes(rule)], answer.text).toEqual([status, true]);
    expect(await statusesOf(tasks)).toEqual(['requested 1', 'requested 1']);
  });

  test('what is wrong is told at its entry, of all of them', async () => {
    const [one, other] = [await refer(), await refer()];
    const read = await gateway.ask('GET', `/fhir/${other.task}`, { as: 'registration-team' });
    const answer = await send(
      bundleOf(accepting(one.task, 9), entryOf('PUT', other.task, { ...resourceOf<Task>(read), status: 'done' })),
    );
    const places = resourceOf<OperationOutcome>(answer).issue.flatMap(({ expression = [] }) => expression);
    expect([...new Set(places)]).toEqual(['Bundle.entry[0]', 'Bundle.entry[1].resource.status']);
  });

  test('an order and its own Task are not both moved, whichever comes first', async () => {
    const { task, order } = await refer();
    const coding = [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-referrer' }];
    const because = { op: 'add', path: '/statusReason', value: { coding } };
    const cancel = jsonPatch({ op: 'replace', path: '/status', value: 'cancelled' }, because);
    const entries = [entryOf('PATCH', order, toStatus('revoked')), entryOf('PATCH', task, cancel)];
    for (const both of [entries, entries.toReversed()]) {
      const answer = await send(bundleOf(...both), 'gp-de-linde');
      expect([answer.status, ...rulesOf(answer)], answer.text).toEqual([422, 'transaction-overlap']);
    }
    expect(await statusesOf([task])).toEqual(['requested 1']);
  });

  test('an order that follows from another is not moved along with it', async () => {
    const { task, order } = await refer();
    const team = partnerAt(gateway, 'registration-team');
    await team.move(task, { status: 'accepted' });
    await team.move(task, { status: 'in-progress' });
    const asked = transferOf(['addiction-care-keerpunt'], { onward: { basedOn: order, partOf: task } });
    const onward = locationOf(await team.post('', asked), 'ServiceRequest')!;
    const coding = [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-person' }];
    const because = { op: 'add', path: '/statusReason', value: { coding } };
    const pause = entryOf('PATCH', task, jsonPatch({ op: 'replace', path: '/status', value: 'on-hold' }, because), 3);
    const revoke = entryOf('PATCH', onward, toStatus('revoked'));
    const both = await send(bundleOf(pause, revoke));
    expect([both.status, ...rulesOf(both)], both.text).toEqual([422, 'transaction-overlap']);
    for (const alone of [pause, revoke]) {
      const answer = await send(bundleOf(alone));
      expect(answer.status, answer.text).toBe(200);
    }
  });

  test('two at the same instant about the same Task: one does all of its moves, the other none', async () => {
    const [shared, one, other] = [(await refer()).task, (await refer()).task, (await refer()).task];
    const answers = await Promise.all([
      send(bundleOf(accepting(one), accepting(shared))),
      send(bundleOf(accepting(other), accepting(shared))),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await statusesOf([one, other])).sort()).toEqual(['accepted 2', 'requested 1']);
    expect(await statusesOf([shared])).toEqual(['accepted 2']);
  });

  test('who else takes part is told of each', async () => {
    const referred = [await refer(), await refer()];
    const before = await gateway.store.depth();
    const answer = await send(bundleOf(...referred.map(({ task }) => accepting(task))));
    expect(answer.status, answer.text).toBe(200);
    expect((await gateway.store.depth()).waiting).toBeGreaterThanOrEqual(before.waiting + 2);
  });

  test('more than there may be are refused', async () => {
    const { task } = await refer();
    const answer = await send(bundleOf(...Array.from({ length: 51 }, () => accepting(task))));
    expect([answer.status, ...rulesOf(answer)]).toEqual([413, 'transaction-too-long']);
  });
});
