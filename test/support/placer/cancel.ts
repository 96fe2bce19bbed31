/** Ways in which an order ends early: by the placer before and during the work, and on request of the fulfiller. */
import type { Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { isAbort, withdrawalFaults } from './checks.ts';
import { call, entries, good, patchTask, refused, until, versionOf } from './client.ts';
import { TASK_CODE } from './guide.ts';
import type { Placed } from './hosts.ts';
import { cancellationRequest, reasonsFor, withdrawalRequest } from './orders.ts';
import { openExchange } from './scenarios.ts';
import type { Run } from './steps.ts';
import { move, place, set, step, taskAt } from './steps.ts';
import { list } from './store.ts';

const reason = { text: 'The person no longer wants this help' };

async function orderAt(run: Run, placed: Placed): Promise<ServiceRequest | undefined> {
  return (await run.host.read(placed.request)).body as ServiceRequest | undefined;
}

/** Before the work has started the placer cancels by itself, and revokes the order in the same update. */
async function before(run: Run): Promise<void> {
  const placed = await place(run, 1);
  if (!placed) return;
  const task = await taskAt(run, placed.tasks[0]!);
  const order = await orderAt(run, placed);
  if (!task || !order) return;
  for (const value of reasonsFor(run.context.input, 'cancelled', reason.text)) {
    const cancelled: Task = { ...task, status: 'cancelled', statusReason: value };
    const ways: Resource[][] = [[{ ...order, status: 'revoked' }, cancelled], [cancelled]];
    for (const resources of ways) {
      const answer = await run.host.write(resources);
      const after = await taskAt(run, placed.tasks[0]!);
      const ok = good(answer) && after?.status === 'cancelled' && Boolean(after.statusReason?.text);
      step(
        run,
        'cancel',
        resources.length > 1 ? 'Task cancelled and order revoked in one update' : 'Task cancelled',
        answer,
        ok,
        'cancelled with a reason in words',
      );
      if (ok) return;
    }
  }
}

/** The request to stop, in the first form that the fulfiller can answer with yes. */
async function stopped(run: Run, busy: Task): Promise<boolean> {
  for (const value of reasonsFor(run.context.input, 'cancelled', reason.text)) {
    const asked = await run.host.add({ ...cancellationRequest(run.context.input, busy), statusReason: value });
    const abort = asked.id ? await taskAt(run, asked.id) : undefined;
    step(
      run,
      'abort',
      `Cancellation Request Task in progress${value.coding ? ', with the agreed code' : ''}`,
      asked.answer,
      good(asked.answer) && Boolean(abort && isAbort(abort)),
      'success',
    );
    if (asked.id && (await move(run, 'abort', 0, asked.id, 'accepted'))) return true;
    const answered = asked.id ? await taskAt(run, asked.id) : undefined;
    if (answered && answered.status !== 'requested') return true;
  }
  return false;
}

/** During the work the placer asks; after a yes the Coordination Task is failed. */
async function during(run: Run): Promise<void> {
  const placed = await place(run, 1);
  if (!placed) return;
  const id = placed.tasks[0]!;
  const remote = run.host.name === 'gateway';
  const first = await taskAt(run, id);
  if (remote && first) {
    const early = await run.host.add(cancellationRequest(run.context.input, first));
    step(
      run,
      'abortOnly',
      'Cancellation Request Task while requested',
      early.answer,
      refused(early.answer),
      'refused with 4xx',
    );
  }
  if (!(await move(run, 'accepted', 0, id, 'accepted'))) return;
  const busy = await move(run, 'progress', 0, id, 'in-progress');
  if (!busy) return;
  if (remote) {
    const direct = await run.host.write([
      { ...busy, status: 'cancelled', statusReason: reasonsFor(run.context.input, 'cancelled', reason.text).at(-1)! },
    ]);
    step(run, 'noDirect', 'in-progress straight to cancelled', direct, refused(direct), 'refused with 4xx');
  }
  if (!(await stopped(run, busy))) return;
  const soon = await until(
    () => taskAt(run, id),
    (task) => task?.status === 'failed',
    remote ? 2 : run.context.wait,
  );
  if (soon?.status === 'failed')
    step(run, 'failed', 'the Task after the yes', await run.host.read(`Task/${id}`), true, 'failed');
  else
    await move(
      run,
      'failed',
      0,
      id,
      'failed',
      reasonsFor(run.context.input, 'failed', 'Stopped at the request of the placer').map((value) => (task) => [
        set(task, 'statusReason', value),
      ]),
    );
}

/** The placer looks for requests to withdraw by search, as the guide has it. */
async function findWithdrawal(run: Run, placed: Placed): Promise<Task | undefined> {
  if (run.host.name === 'placer') {
    return list<Task>(run.context.placer.store, 'Task').find(
      (task) => task.intent === 'proposal' && isAbort(task) && task.focus?.reference?.endsWith(placed.request),
    );
  }
  const query = new URLSearchParams({ code: `${TASK_CODE}|abort`, intent: 'proposal', focus: placed.request });
  const answer = await call(run.context.gateway, 'GET', `Task?${query}`);
  step(run, 'withdraw', 'placer searches code, intent and focus', answer, good(answer), '200');
  return entries(answer)[0] as Task | undefined;
}

/** The fulfiller asks the placer to withdraw the order itself. */
async function onRequest(run: Run): Promise<void> {
  const placed = await place(run, 1);
  if (!placed) return;
  const id = placed.tasks[0]!;
  if (!(await move(run, 'accepted', 0, id, 'accepted'))) return;
  const candidate = run.context.input.candidates[0]!;
  const remote = run.host.name === 'gateway';
  const client = remote ? run.host.candidate(0) : undefined;
  let made: Task | undefined;
  if (client) {
    const sent = await call(
      client,
      'POST',
      'Task',
      withdrawalRequest(run.context.input, candidate.ura, placed.request),
    );
    step(
      run,
      'withdraw',
      'fulfiller creates an Authorization Cancellation Request Task',
      sent,
      sent.status === 201,
      '201',
    );
    made = sent.body?.resourceType === 'Task' ? sent.body : undefined;
  }
  const found = remote
    ? await findWithdrawal(run, placed)
    : await until(() => findWithdrawal(run, placed), Boolean, run.context.wait);
  const task = found ?? made;
  const faults = task ? withdrawalFaults(task) : ['none came in'];
  if (task?.statusReason && !task.statusReason.text) faults.push('task-1');
  step(
    run,
    'withdraw',
    'the request as it is kept',
    { request: 'Task proposal abort', status: task ? 200 : 0, body: task, issues: faults },
    faults.length === 0,
    'no broken rule',
  );
  if (!task?.id) return;
  const order = await orderAt(run, placed);
  const open = await taskAt(run, id);
  if (!order || !open) return;
  const answer = await run.host.write([
    { ...task, status: 'accepted' },
    { ...order, status: 'revoked' },
    { ...open, status: 'cancelled', statusReason: { text: 'Withdrawn at the request of the fulfiller' } },
  ]);
  const after = await taskAt(run, task.id);
  step(
    run,
    'withdrawAnswer',
    'accepted: order revoked, Task cancelled, in one update',
    answer,
    good(answer) && after?.status === 'accepted',
    'accepted',
  );
  if (good(answer) || !remote) return;
  const now = await call(run.context.gateway, 'GET', `Task/${task.id}`);
  const apart = await patchTask(
    run.context.gateway,
    task.id,
    [{ op: 'replace', path: '/status', value: 'accepted' }],
    versionOf(now),
  );
  step(run, 'withdrawAnswer', 'accepted, by itself', apart, good(apart), '200');
}

export async function cancel(run: Run): Promise<void> {
  await openExchange(run);
  await before(run);
  await during(run);
  await onRequest(run);
}
