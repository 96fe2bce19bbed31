import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { daysBetween, type Facts } from '../../measure/index.ts';
import { useCaseOfOrder } from '../../vocabulary/use-case.ts';
import { type MeasureContext, referencesTo, type Version, versionsReferringTo } from './measure-context.ts';
import { referredOn } from './orders.ts';

/** The version by which a Task first came into a status. */
export const firstWith = (versions: readonly Version<Task>[], status: Task['status']): Version<Task> | undefined =>
  versions.find(({ resource }) => resource.status === status);

type StartedHelp = {
  readonly task: Task;
  readonly started: Version<Task>;
  /** The order that the journey began with. */
  readonly order: ServiceRequest;
  readonly steps: number;
};

/** Days from the referral until help began, when this is the first help that followed from a registration. */
export async function firstHelpOf(
  looking: MeasureContext,
  id: string,
  { task, started, order, steps }: StartedHelp,
): Promise<Omit<Facts['firstHelp'][number], 'day' | 'municipality'> | undefined> {
  if (steps === 0 || useCaseOfOrder(order) !== 'registration') return undefined;
  for (const other of await versionsReferringTo<Task>(
    looking,
    'Task',
    'focus',
    await followUps(looking, `ServiceRequest/${order.id}`),
  )) {
    const begun = other.id === id ? undefined : firstWith(other.versions, 'in-progress');
    if (!begun) continue;
    const order = begun.at.getTime() - started.at.getTime();
    if (order < 0 || (order === 0 && other.id < id)) return undefined;
  }
  const from = await referredOn(looking, order);
  const days = from ? daysBetween(from, looking.dayOf(started.at)) : -1;
  const service = looking.network.directory.service(task.owner?.reference ?? '');
  return days < 0 ? undefined : { days, domain: service?.domain ?? 'care' };
}

const maximumDepth = 5;

/** The orders that followed from one, and those that followed from them. */
async function followUps(looking: MeasureContext, origin: string): Promise<readonly string[]> {
  const all = new Set<string>();
  let level: readonly string[] = [origin];
  for (let depth = 0; depth < maximumDepth && level.length > 0; depth++) {
    level = (await referencesTo(looking, 'ServiceRequest', 'based-on', level)).filter((it) => !all.has(it));
    for (const it of level) all.add(it);
  }
  return [...all];
}
