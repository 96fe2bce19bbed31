/** The exchange with one fulfiller, and the duties of the server that keeps the Tasks. */
import type { Task } from '@medplum/fhirtypes';
import type { Client } from './client.ts';
import { call, entries, good, patchTask, refused, until, versionOf } from './client.ts';
import type { DemandId } from './guide.ts';
import { TA, TASK_CODE, URA } from './guide.ts';
import type { Placed } from './hosts.ts';
import { agreeSubscriptions } from './hosts.ts';
import { beat, makeSubscription, settle } from './notify.ts';
import { reasonsFor } from './orders.ts';
import type { Run } from './steps.ts';
import { move, place, plain, replaceStatus, result, set, step } from './steps.ts';

/** Duties of the server that keeps the Task, tried with the token of a candidate. */
async function serverDuties(run: Run, placed: Placed, client: Client): Promise<void> {
  const id = placed.tasks[0]!;
  const candidate = run.context.input.candidates[0]!;
  const first = await call(client, 'GET', `Task/${id}`);
  step(run, 'read', 'fulfiller reads the Task', first, good(first), '200');
  for (const key of [placed.request, placed.patient]) {
    const answer = await call(client, 'GET', key);
    step(run, 'read', `fulfiller reads the ${key.split('/')[0]}`, answer, good(answer), '200');
  }
  const queries: Record<string, string> = {
    'owner:identifier': `${candidate.system}|${candidate.value}`,
    'requester:identifier': `${URA}|${run.context.input.requesterUra}`,
    focus: placed.request,
    code: `${TASK_CODE}|fulfill`,
    intent: 'order',
    status: 'requested',
    _lastUpdated: `ge${placed.order.request.authoredOn?.slice(0, 10)}`,
  };
  for (const [name, value] of Object.entries(queries)) {
    const answer = await call(client, 'GET', `Task?${new URLSearchParams({ [name]: value })}`);
    const found = entries(answer).some((resource) => resource.id === id);
    step(
      run,
      'search',
      `Task by ${name}`,
      found
        ? answer
        : { ...answer, issues: [...answer.issues, `the Task is not among ${entries(answer).length} found`] },
      good(answer) && found,
      '200 with the Task',
    );
  }
  const business = await call(client, 'GET', `Task?${new URLSearchParams({ 'business-status': `${TA}|selected` })}`);
  step(run, 'search', 'Task by business-status', business, good(business), '200');
  const stale = await patchTask(client, id, [replaceStatus('accepted')], 'W/"0"');
  step(run, 'stale', 'change on an old version', stale, stale.status === 412, '412');
  const task = first.body as Task | undefined;
  const now = await call(client, 'GET', `Task/${id}`);
  const hold = await patchTask(client, id, [replaceStatus('on-hold')], versionOf(now));
  step(run, 'notUsed', 'on-hold is tried', hold, refused(hold), 'refused with 4xx');
  if (!task) return;
  const text = await call(
    client,
    'PUT',
    `Task/${id}`,
    { ...(now.body as Task), note: [{ text: 'Received in good order' }] },
    { ifMatch: versionOf(now) },
  );
  step(run, 'update', 'PUT with If-Match', text, good(text), '200');
}

/** on-hold during the work: not used in the guide. */
async function pause(run: Run, client: Client, id: string): Promise<void> {
  const now = await call(client, 'GET', `Task/${id}`);
  const why = reasonsFor(run.context.input, 'rejected', 'A short pause').at(-1);
  const hold = await patchTask(
    client,
    id,
    [replaceStatus('on-hold'), set(now.body as Task, 'statusReason', why)],
    versionOf(now),
  );
  step(run, 'notUsed', 'on-hold during the work', hold, refused(hold), 'refused with 4xx');
  if (good(hold))
    await patchTask(client, id, [replaceStatus('in-progress')], versionOf(await call(client, 'GET', `Task/${id}`)));
}

/** The other side as Subscription server: only tried where it keeps the Tasks. */
async function subscribeAt(run: Run, client: Client): Promise<(() => Promise<void>) | undefined> {
  const { placer, input, topic, heartbeat } = run.context;
  const { system, value } = input.candidates[0]!;
  const subscription = makeSubscription({
    topic,
    filter: `owner:identifier=${system}|${value}`,
    endpoint: placer.endpoint,
    heartbeat,
  });
  const created = await call(client, 'POST', 'Subscription', subscription);
  step(run, 'subscription', 'Subscription of the fulfiller', created, created.status === 201, '201');
  const id = created.body?.id;
  if (created.status !== 201 || !id) return undefined;
  const shake = await until(() => placer.received.find((one) => one.type === 'handshake'), Boolean, run.context.wait);
  step(
    run,
    'handshake',
    'handshake comes in',
    { ...created, issues: shake?.faults ?? ['no handshake'] },
    shake?.faults.length === 0,
    'a handshake without faults',
  );
  const status = await call(client, 'GET', `Subscription/${id}/$status`);
  step(
    run,
    'statusOperation',
    '$status',
    status,
    good(status) && entries(status)[0]?.resourceType === 'Parameters',
    'searchset with Parameters',
  );
  for (const [name, wanted] of Object.entries({
    status: 'active',
    criteria: topic,
    url: placer.endpoint,
    type: 'rest-hook',
    payload: 'application/fhir+json',
  })) {
    const found = await call(client, 'GET', `Subscription?${new URLSearchParams({ [name]: wanted })}`);
    step(
      run,
      'subscriptionSearch',
      `Subscription by ${name}`,
      found,
      good(found) && entries(found).some((one) => one.id === id),
      '200 with the Subscription',
    );
  }
  return async () => {
    const events = (): typeof placer.received => placer.received.filter((one) => one.type === 'event-notification');
    await until(events, (list) => list.length > 0, run.context.wait);
    const faults = events().length ? placer.received.flatMap((one) => one.faults) : ['no event-notification'];
    step(
      run,
      'notification',
      'notifications that came in',
      { ...created, request: 'POST notification', status: 200, issues: [...new Set(faults)] },
      faults.length === 0,
      'no broken rule',
    );
    const now = await call(client, 'GET', `Subscription/${id}`);
    const ended = await call(
      client,
      'PUT',
      `Subscription/${id}`,
      { ...(now.body as object), status: 'off' },
      { ifMatch: versionOf(now) },
    );
    step(run, 'subscription', 'ended with status off', ended, good(ended), '200');
  };
}

/** What the fulfiller did at our own server after the notification. */
export function pulled(run: Run, placed: Placed, index: number, withPatient: boolean): void {
  const { visits } = run.context.placer;
  const wanted = [`Task/${placed.tasks[index]}`, placed.request, ...(withPatient ? [placed.patient] : [])];
  for (const key of wanted) {
    const visit = visits.find((one) => one.method === 'GET' && one.path.split('?')[0] === key && one.status === 200);
    step(
      run,
      'pulled',
      `fulfiller fetched ${key.split('/')[0]}`,
      { request: `GET ${key.split('/')[0]}`, status: visit?.status ?? 0, body: undefined, issues: [] },
      Boolean(visit),
      'a GET with 200 at the placer',
    );
  }
}

export function delivered(run: Run, from: number): void {
  for (const { type, answer } of run.context.placer.notifier.sent.slice(from)) {
    const demand: DemandId = type === 'handshake' ? 'handshake' : type === 'heartbeat' ? 'heartbeat' : 'delivered';
    step(run, demand, `${type} sent`, answer, good(answer), '2xx');
  }
}

export function conditional(run: Run): void {
  const strange = run.context.placer.visits
    .filter((one) => one.status === 405)
    .map((one) => `${one.method} /${one.path.split('/')[0]}`);
  step(
    run,
    'known',
    'requests that the guide does not have',
    { request: 'any', status: 200, body: undefined, issues: [...new Set(strange)] },
    strange.length === 0,
    'none',
  );
  const changes = run.context.placer.visits.filter(
    (one) => ['PATCH', 'PUT'].includes(one.method) && one.path.startsWith('Task/'),
  );
  const bare = changes.filter((one) => !one.ifMatch).length;
  const issues =
    changes.length === 0 ? ['no change came in'] : bare ? [`${bare} of ${changes.length} without If-Match`] : [];
  step(
    run,
    'conditional',
    'changes of the fulfiller at the placer',
    { request: 'PATCH or PUT Task', status: changes[0]?.status ?? 0, body: undefined, issues },
    issues.length === 0,
    'If-Match each time',
  );
}

export async function openExchange(run: Run): Promise<void> {
  if (run.host.name === 'gateway') {
    const answer = await call(run.context.gateway, 'GET', 'metadata');
    const text = JSON.stringify(answer.body ?? {});
    step(
      run,
      'capability',
      'CapabilityStatement',
      answer,
      good(answer) && text.includes('application/json-patch+json') && text.includes('versioned-update'),
      '200 with JSON Patch and versioned-update',
    );
    return;
  }
  await agreeSubscriptions(run.context);
  delivered(run, 0);
}

export async function single(run: Run): Promise<void> {
  await openExchange(run);
  const client = run.host.candidate(0);
  const sent = run.context.placer.notifier.sent.length;
  const finish = run.host.name === 'gateway' && client ? await subscribeAt(run, client) : undefined;
  const placed = await place(run, 1);
  if (!placed) return;
  const id = placed.tasks[0]!;
  if (run.host.name === 'gateway' && client) await serverDuties(run, placed, client);
  const accepted = await move(run, 'accepted', 0, id, 'accepted');
  if (run.host.name === 'placer') {
    delivered(run, sent);
    pulled(run, placed, 0, true);
  }
  const busy = accepted && (await move(run, 'progress', 0, id, 'in-progress'));
  if (busy && run.host.name === 'gateway' && client) await pause(run, client, id);
  if (busy) await move(run, 'completed', 0, id, 'completed', [plain, result]);
  const other = await place(run, 1);
  const words = reasonsFor(run.context.input, 'rejected', 'No place in the coming months');
  const no =
    other &&
    (await move(
      run,
      'rejected',
      0,
      other.tasks[0]!,
      'rejected',
      words.map((value) => (task) => [set(task, 'statusReason', value)]),
    ));
  if (no)
    step(
      run,
      'rejected',
      'the reason in words',
      { request: 'statusReason.text', status: 200, body: no, issues: [] },
      Boolean(no.statusReason?.text),
      'text',
    );
  await finish?.();
  if (run.host.name === 'placer') {
    conditional(run);
    await beatAll(run);
  }
}

async function beatAll(run: Run): Promise<void> {
  const { notifier } = run.context.placer;
  await settle(notifier);
  const from = notifier.sent.length;
  for (const key of [...run.context.placer.store.resources.keys()].filter((one) => one.startsWith('Subscription/')))
    await beat(notifier, key);
  delivered(run, from);
}
