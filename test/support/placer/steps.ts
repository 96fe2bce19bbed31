/** The steps that exchanges are made of, each noted in a report. */
import type { Task } from '@medplum/fhirtypes';
import { coordinationFaults, isBid, isFulfil } from './checks.ts';
import type { Answer } from './client.ts';
import { good, until } from './client.ts';
import type { DemandId } from './guide.ts';
import type { Context, Host, Placed } from './hosts.ts';
import { makeOrder } from './orders.ts';
import type { Report } from './report.ts';
import { note } from './report.ts';

export interface Run {
  context: Context;
  host: Host;
  report: Report;
}

export function step(run: Run, demand: DemandId, what: string, answer: Answer, ok: boolean, expected: string): boolean {
  return note(run.report, {
    demand,
    what,
    request: answer.request,
    expected,
    status: answer.status,
    ok,
    issues: answer.issues,
  });
}

export const taskAt = async (run: Run, id: string): Promise<Task | undefined> =>
  (await run.host.read(`Task/${id}`)).body as Task | undefined;
export const replaceStatus = (status: string): object => ({ op: 'replace', path: '/status', value: status });

/** Set an element that may or may not be there. */
export const set = (task: Task, name: 'statusReason' | 'output', value: unknown): object => ({
  op: task[name] ? 'replace' : 'add',
  path: `/${name}`,
  value,
});
export const bid = (task: Task): object[] => [
  set(task, 'output', [{ type: { text: 'Bid' }, valueString: 'A first talk is possible within two weeks' }]),
];
export const result = (task: Task): object[] => [
  set(task, 'output', [{ type: { text: 'Result' }, valueString: 'The help has been given' }]),
];
export const plain = (): object[] => [];
type Variant = (task: Task) => object[];

/** The fulfiller makes a move, in the first form that is taken; the placer sees the result, or waits for a person. */
export async function move(
  run: Run,
  demand: DemandId,
  index: number,
  id: string,
  status: Task['status'],
  variants: Variant[] = [plain],
): Promise<Task | undefined> {
  let asked: Answer | undefined;
  for (const variant of variants) {
    asked = await run.host.ask(index, id, (task) => [replaceStatus(status), ...variant(task)]);
    if (!asked || good(asked)) break;
    step(run, demand, `fulfiller sets ${status}`, asked, false, '200');
  }
  if (asked && !good(asked)) return undefined;
  const seen = await until(
    () => run.host.read(`Task/${id}`),
    (answer) => run.host.passed(id, status, answer.body as Task | undefined),
    run.context.wait,
  );
  const task = seen.body as Task | undefined;
  const ok = run.host.passed(id, status, task);
  step(
    run,
    demand,
    `placer sees ${status}`,
    { ...seen, issues: ok ? [] : [...seen.issues, `status is ${task?.status}`] },
    ok,
    `status ${status}`,
  );
  return ok ? task : undefined;
}

export async function place(run: Run, count: number): Promise<Placed | undefined> {
  const input = { ...run.context.input, candidates: run.context.input.candidates.slice(0, count) };
  const demand: DemandId = count === 1 ? 'order' : 'bid';
  const order = makeOrder(input);
  let placed = await run.host.place(order, count === 1);
  let ok = good(placed.answer) && placed.tasks.every(Boolean);
  step(
    run,
    demand,
    count === 1 ? 'order for one fulfiller' : 'invitations without the Patient',
    placed.answer,
    ok,
    'success with a place for every Task',
  );
  if (!ok && count > 1 && run.host.name === 'gateway') {
    placed = await run.host.place(makeOrder(input), true);
    ok = good(placed.answer) && placed.tasks.every(Boolean);
    step(
      run,
      demand,
      'invitations, the Patient stored beside them',
      placed.answer,
      ok,
      'success with a place for every Task',
    );
  }
  if (!ok) return undefined;
  for (const [index, id] of placed.tasks.entries()) {
    const answer = await run.host.read(`Task/${id}`);
    const task = answer.body as Task | undefined;
    const sent = placed.order.tasks[index]?.identifier?.[0];
    const faults = task ? coordinationFaults(task) : ['not readable'];
    if (!task?.identifier?.some((one) => one.system === sent?.system && one.value === sent?.value))
      faults.push('own identifier is gone');
    if (task?.status !== 'requested') faults.push(`status ${task?.status}`);
    const owner = placed.order.tasks[index]?.owner?.identifier;
    if (task?.owner?.identifier?.system !== owner?.system || task?.owner?.identifier?.value !== owner?.value)
      faults.push(`owner became ${task?.owner?.identifier?.system}|${task?.owner?.identifier?.value}`);
    step(
      run,
      'requested',
      'the Task as it is kept',
      { ...answer, issues: [...answer.issues, ...faults] },
      good(answer) && faults.length === 0,
      'requested, own identifier, no broken rule',
    );
    if (task && count === 1)
      step(
        run,
        'single',
        'fulfill and for from the start',
        answer,
        isFulfil(task) && Boolean(task.for),
        'fulfill + for',
      );
    if (task && count > 1)
      step(
        run,
        'bid',
        'request-fulfillment and no for',
        answer,
        isBid(task) && !task.for,
        'request-fulfillment, for empty',
      );
  }
  return placed;
}
