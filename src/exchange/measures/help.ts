import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { daysBetween, type Facts } from '../../measure/index.ts';
import { useCaseOfOrder } from '../../vocabulary/use-case.ts';
import { type MeasureContext, referencesTo, type Version, versionsReferringTo } from './measure-context.ts';
import { referredOn } from './orders.ts';

/** The first version of a Task with a status. */
export const firstWith = (versions: readonly Version<Task>[], status: Task['status']): Version<Task> | undefined =>
  versions.find(({ resource }) => resource.status === status);

type StartedHelp = {
  readonly task: Task;
  readonly started: Version<Task>;
  /** The first order of the journey. */
  readonly order: ServiceRequest;
  readonly steps: number;
};

/**
 * Days from the referral (verwijzing) to the start of help; undefined unless it is the first help after a registration.
 */
export async function firstHelpOf(
  context: MeasureContext,
  id: string,
  { task, started, order, steps }: StartedHelp,
): Promise<Omit<Facts['firstHelp'][number], 'day' | 'municipality'> | undefined> {
  if (steps === 0 || useCaseOfOrder(order) !== 'registration') return undefined;
  for (const other of await versionsReferringTo<Task>(
    context,
    'Task',
    'focus',
    await followUps(context, `ServiceRequest/${order.id}`),
  )) {
    const otherStart = other.id === id ? undefined : firstWith(other.versions, 'in-progress');
    if (!otherStart) continue;
    const order = otherStart.at.getTime() - started.at.getTime();
    if (order < 0 || (order === 0 && other.id < id)) return undefined;
  }
  const from = await referredOn(context, order);
  const days = from ? daysBetween(from, context.dayOf(started.at)) : -1;
  const service = context.network.directory.service(task.owner?.reference ?? '');
  return days < 0 ? undefined : { days, domain: service?.domain ?? 'care' };
}

const maximumDepth = 5;

/** References to the orders based on an order, directly or through others. */
async function followUps(context: MeasureContext, origin: string): Promise<readonly string[]> {
  const all = new Set<string>();
  let level: readonly string[] = [origin];
  for (let depth = 0; depth < maximumDepth && level.length > 0; depth++) {
    level = (await referencesTo(context, 'ServiceRequest', 'based-on', level)).filter((it) => !all.has(it));
    for (const it of level) all.add(it);
  }
  return [...all];
}
