import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { useCaseOf } from '../../deadline/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { type Facts, ggzServices, type Rejection, requestUseCases } from '../../measure/index.ts';
import { ownCode } from '../../vocabulary/concept.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { firstHelpOf, firstWith } from './help.ts';
import {
  type MeasureContext,
  readCurrent,
  resourcesInPeriod,
  type Version,
  versionsReferringTo,
} from './measure-context.ts';
import { originOf, referrerTypeOf } from './orders.ts';

type TaskFacts = Pick<Facts, 'rejections' | 'silent' | 'inflow' | 'firstHelp'>;

/** Rejections, escalations, inflow and first help of the period. */
export async function movesIn(context: MeasureContext): Promise<TaskFacts> {
  const rejections: Rejection[] = [];
  const silent: Facts['silent'][number][] = [];
  const inflow: Facts['inflow'][number][] = [];
  const firstHelp: Facts['firstHelp'][number][] = [];
  for await (const { id, versions } of resourcesInPeriod<Task>(context, 'Task')) {
    const { resource: task, at } = versions[0]!;
    if (versions.at(-1)!.resource.status === 'entered-in-error') continue;
    if (ownCode(task.code, 'task-code') === 'escalate') {
      const fact = context.isWithin(at) ? await silentFact(context, id, task) : undefined;
      if (fact) silent.push({ ...fact, day: context.dayOf(at) });
      continue;
    }
    const useCase = useCaseOf(task) ?? '';
    if (
      !requestUseCases.includes(useCase) ||
      verbOf(task) === 'abort' ||
      !task.focus?.reference?.startsWith('ServiceRequest/')
    )
      continue;
    const rejected = firstWith(versions, 'rejected');
    if (rejected && context.isWithin(rejected.at))
      rejections.push({
        ...(await municipalityOfTask(context, task)),
        ...reasonOf(context, rejected),
        day: context.dayOf(rejected.at),
        useCase,
      });
    const started = firstWith(versions, 'in-progress');
    if (!started || !context.isWithin(started.at)) continue;
    const order = await readCurrent<ServiceRequest>(context, task.focus.reference);
    if (order?.resourceType !== 'ServiceRequest') continue;
    const day = context.dayOf(started.at);
    const origin = await originOf(context, order);
    const municipality = await context.municipalityOf(origin.order.subject.reference);
    const service = ggzServiceOf(context, task);
    if (service && !ggzOrganizations.includes(referrerTypeOf(context, order)))
      inflow.push({ day, municipality, service, way: origin.steps > 0 ? 'after-registration' : 'direct' });
    const help = await firstHelpOf(context, id, { task, started, ...origin });
    if (help) firstHelp.push({ day, municipality, ...help });
  }
  return { rejections, silent, inflow, firstHelp };
}

/** Types of organisation (mgn-organization-type) that are ggz themselves: their referrals are not inflow into ggz. */
const ggzOrganizations: readonly string[] = [
  'mental-health-provider',
  'independent-practice',
  'addiction-care-provider',
];

function ggzServiceOf({ network }: MeasureContext, { owner }: Task): string | undefined {
  const types = owner?.reference ? (network.directory.service(owner.reference)?.types ?? []) : [];
  return ggzServices.find((code) => types.includes(`${mgnCodeSystem('service-type')}|${code}`));
}

/** Municipality of the person of the order; the Task of a candidate does not refer to the person. */
async function municipalityOfTask(
  context: MeasureContext,
  { focus }: Task,
): Promise<{ readonly municipality: string }> {
  const order = await readCurrent<ServiceRequest>(context, focus?.reference);
  return { municipality: await context.municipalityOf(order?.subject?.reference) };
}

function reasonOf({ network }: MeasureContext, { resource }: Version<Task>): Pick<Rejection, 'reason' | 'alternative'> {
  const reason = ownCode(resource.statusReason, 'status-reason') ?? 'other';
  if (reason !== 'alternative-proposed') return { reason };
  const inside = (resource.output ?? []).some(({ valueReference }) => {
    const service = valueReference?.reference ? network.directory.service(valueReference.reference) : undefined;
    const organization = service
      ? network.directory.organization(service.organization)
      : network.directory.organization(valueReference?.reference ?? '');
    return organization?.member === true;
  });
  return { reason, alternative: inside ? 'inside-network' : 'elsewhere' };
}

/** A Task counts once, however often it is escalated. */
async function silentFact(context: MeasureContext, id: string, { focus, authoredOn = '' }: Task) {
  const reference = focus?.reference;
  const task = await readCurrent<Task>(context, reference);
  if (!reference || task?.resourceType !== 'Task') return undefined;
  for (const other of await versionsReferringTo<Task>(context, 'Task', 'focus', [reference])) {
    const { resource } = other.versions[0]!;
    if (other.id === id || ownCode(resource.code, 'task-code') !== 'escalate') continue;
    const order = (resource.authoredOn ?? '').localeCompare(authoredOn);
    if (order < 0 || (order === 0 && other.id < id)) return undefined;
  }
  const useCase = useCaseOf(task) ?? '';
  return requestUseCases.includes(useCase) ? { useCase, ...(await municipalityOfTask(context, task)) } : undefined;
}
