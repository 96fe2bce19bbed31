/** The exchange with more candidates: invite, let them answer, select one. */
import type { Resource, Task } from '@medplum/fhirtypes';
import { isBid, isFulfil } from './checks.ts';
import { call, good, patchTask, refused, versionOf } from './client.ts';
import { TA } from './guide.ts';
import type { Placed } from './hosts.ts';
import { personalParts } from './hosts.ts';
import { has, selection } from './orders.ts';
import { conditional, delivered, openExchange, pulled } from './scenarios.ts';
import type { Run } from './steps.ts';
import { bid, move, place, plain, replaceStatus, result, step, taskAt } from './steps.ts';

export async function multiple(run: Run): Promise<void> {
  await openExchange(run);
  const sent = run.context.placer.notifier.sent.length;
  const placed = await place(run, Math.max(2, run.context.input.candidates.length));
  if (!placed) return;
  if (run.host.name === 'placer') delivered(run, sent);
  const parts = personalParts(placed.order.patient);
  for (const [index, id] of placed.tasks.entries()) {
    const client = run.host.candidate(index);
    if (!client || (await taskAt(run, id))?.status !== 'requested') continue;
    const patient = await call(client, 'GET', placed.patient.replace(/^https?:.*\/(Patient\/)/, '$1'));
    step(
      run,
      'hidden',
      `candidate ${index + 1} reads the Patient before selection`,
      patient,
      [403, 404, 410].includes(patient.status),
      '403 or 404',
    );
    for (const key of [`Task/${id}`, placed.request]) {
      const answer = await call(client, 'GET', key);
      const leak = parts.filter((part) => JSON.stringify(answer.body ?? {}).includes(part));
      step(
        run,
        'hidden',
        `candidate ${index + 1} reads the ${key.split('/')[0]}`,
        leak.length ? { ...answer, issues: ['it holds personal data'] } : answer,
        good(answer) && !leak.length,
        '200 without personal data',
      );
    }
    const now = await call(client, 'GET', `Task/${id}`);
    const reserved = await patchTask(
      client,
      id,
      [
        replaceStatus('cancelled'),
        {
          op: 'add',
          path: '/statusReason',
          value: { coding: [{ system: TA, code: 'not-selected' }], text: 'not selected' },
        },
      ],
      versionOf(now),
    );
    step(run, 'reserved', 'a candidate tries not-selected', reserved, refused(reserved), 'refused with 4xx');
  }
  const tasks: Task[] = [];
  for (const [index, id] of placed.tasks.entries()) {
    const task = await move(run, 'accepted', index, id, 'accepted', [bid, plain]);
    if (task) tasks.push(task);
    if (task)
      step(
        run,
        'output',
        'the bid',
        { request: 'Task.output', status: 200, body: task, issues: [] },
        Boolean(task.output?.length),
        'output',
      );
  }
  if (tasks.length < placed.tasks.length) return;
  const winner = placed.tasks[0]!;
  const eager = run.host.candidate(0);
  if (eager) {
    const early = await patchTask(
      eager,
      winner,
      [replaceStatus('in-progress')],
      versionOf(await call(eager, 'GET', `Task/${winner}`)),
    );
    step(run, 'noWork', 'in-progress before selection', early, refused(early), 'refused with 4xx');
  }
  await select(run, placed, tasks, winner);
}

/** Write the selection as the guide has it, then with the agreed codes, then the winner alone where the other side writes the rest. */
async function select(run: Run, placed: Placed, tasks: Task[], winner: string): Promise<void> {
  const outside = /^https?:/.test(placed.patient);
  const patient = outside ? `Patient/${placed.order.patient.id}` : placed.patient;
  const extra: Resource[] = outside ? [placed.order.patient] : [];
  const strict = selection(tasks, winner, patient);
  const half = await run.host.write([...extra, ...strict], { [`Task/${placed.tasks[1]}`]: 'W/"0"' });
  const untouched = await taskAt(run, winner);
  step(
    run,
    'select',
    'with one old version nothing changes',
    half,
    !good(half) && Boolean(untouched && isBid(untouched)),
    'refused, all Tasks unchanged',
  );
  const sent = run.context.placer.notifier.sent.length;
  const { reasons } = run.context.input;
  const agreed = reasons ? selection(tasks, winner, patient, reasons) : [];
  const ways: [string, Task[]][] = [
    ['selection in one update', strict],
    ['the same with the agreed codes', agreed],
    ['the selected Task alone', (agreed.length ? agreed : strict).filter((task) => task.id === winner)],
  ];
  let chosen: Task | undefined;
  for (const [what, changed] of ways) {
    if (changed.length === 0) continue;
    const whole = await run.host.write([...extra, ...changed]);
    chosen = await taskAt(run, winner);
    const right =
      good(whole) &&
      Boolean(
        chosen &&
          isFulfil(chosen) &&
          chosen.for &&
          (chosen.businessStatus?.coding ?? []).some((coding) => coding.code === 'selected'),
      );
    const twiin = has(chosen?.businessStatus, TA, 'selected');
    step(
      run,
      'select',
      what,
      right && !twiin
        ? { ...whole, issues: [...whole.issues, 'selected is not in the code system of the guide'] }
        : whole,
      right && twiin,
      'fulfill + for + selected',
    );
    if (right) break;
    chosen = undefined;
  }
  if (!chosen) return;
  if (run.host.name === 'placer') delivered(run, sent);
  for (const id of placed.tasks.slice(1)) {
    const answer = await run.host.read(`Task/${id}`);
    const task = answer.body as Task | undefined;
    const right =
      task?.status === 'cancelled' && has(task.statusReason, TA, 'not-selected') && Boolean(task.statusReason?.text);
    const kept = `kept: ${task?.status}, ${(task?.statusReason?.coding ?? []).map((coding) => `${coding.system}|${coding.code}`).join(' ')}, text ${task?.statusReason?.text ?? 'none'}`;
    step(
      run,
      'losers',
      'not selected',
      right ? answer : { ...answer, issues: [...answer.issues, kept] },
      right,
      'cancelled + not-selected + text',
    );
  }
  const key = chosen.for?.reference ?? placed.patient;
  for (const index of [0, 1]) {
    const client = run.host.candidate(index);
    const answer = client && (await call(client, 'GET', key));
    if (answer && index === 0)
      step(run, 'disclosed', 'selected fulfiller reads the Patient', answer, good(answer), '200');
    if (answer && index === 1)
      step(
        run,
        'hidden',
        'the other candidate reads the Patient',
        answer,
        [403, 404].includes(answer.status),
        '403 or 404',
      );
  }
  const busy = await move(run, 'progress', 0, winner, 'in-progress');
  if (busy) await move(run, 'completed', 0, winner, 'completed', [plain, result]);
  if (run.host.name === 'placer') {
    pulled(run, placed, 0, true);
    conditional(run);
  }
}
