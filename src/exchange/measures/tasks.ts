import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { useCaseOf } from '../../deadline/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { type Facts, ggzServices, type Rejection, requestUseCases } from '../../measure/index.ts';
import { ownCode } from '../../vocabulary/concept.ts';
import { firstWith, helpIn } from './help.ts';
import { originOf, referrerOf } from './orders.ts';
import { about, type Looking, readNow, type Version, written } from './walk.ts';

type Happened = Pick<Facts, 'rejections' | 'silent' | 'inflow' | 'firstHelp'>;

/** What was decided about Tasks, or began with them, during the period. */
export async function movesIn(looking: Looking): Promise<Happened> {
  const rejections: Rejection[] = [];
  const silent: Facts['silent'][number][] = [];
  const inflow: Facts['inflow'][number][] = [];
  const firstHelp: Facts['firstHelp'][number][] = [];
  for await (const { id, versions } of written<Task>(looking, 'Task')) {
    const { resource: task, at } = versions[0]!;
    if (versions.at(-1)!.resource.status === 'entered-in-error') continue;
    if (ownCode(task.code, 'task-code') === 'escalate') {
      const fact = looking.isWithin(at) ? await silentFact(looking, id, task) : undefined;
      if (fact) silent.push({ ...fact, day: looking.dayOf(at) });
      continue;
    }
    const useCase = useCaseOf(task) ?? '';
    if (!requestUseCases.includes(useCase) || !task.focus?.reference?.startsWith('ServiceRequest/')) continue;
    const rejected = firstWith(versions, 'rejected');
    if (rejected && looking.isWithin(rejected.at))
      rejections.push({
        ...(await placed(looking, task)),
        ...whyOf(looking, rejected),
        day: looking.dayOf(rejected.at),
        useCase,
      });
    const started = firstWith(versions, 'in-progress');
    if (!started || !looking.isWithin(started.at)) continue;
    const order = await readNow<ServiceRequest>(looking, task.focus.reference);
    if (order?.resourceType !== 'ServiceRequest') continue;
    const day = looking.dayOf(started.at);
    const origin = await originOf(looking, order);
    const municipality = await looking.municipalityOf(origin.order.subject.reference);
    const service = ggzServiceOf(looking, task);
    if (service && !ggzOrganizations.includes(referrerOf(looking, order)))
      inflow.push({ day, municipality, service, way: origin.steps > 0 ? 'after-registration' : 'direct' });
    const help = await helpIn(looking, id, { task, started, ...origin });
    if (help) firstHelp.push({ day, municipality, ...help });
  }
  return { rejections, silent, inflow, firstHelp };
}

/** Organisations (mgn-organization-type) from which nobody comes into ggz: who is there already goes on within it. */
const ggzOrganizations: readonly string[] = [
  'mental-health-provider',
  'independent-practice',
  'addiction-care-provider',
];

function ggzServiceOf({ network }: Looking, { owner }: Task): string | undefined {
  const types = owner?.reference ? (network.directory.service(owner.reference)?.types ?? []) : [];
  return ggzServices.find((code) => types.includes(`${mgnCodeSystem('service-type')}|${code}`));
}

/** Where the person of an order lives; a candidate's Task does not tell for whom it is. */
async function placed(looking: Looking, { focus }: Task): Promise<{ readonly municipality: string }> {
  const order = await readNow<ServiceRequest>(looking, focus?.reference);
  return { municipality: await looking.municipalityOf(order?.subject?.reference) };
}

function whyOf({ network }: Looking, { resource }: Version<Task>): Pick<Rejection, 'reason' | 'alternative'> {
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

/** A Task is silent once, however often it is escalated. */
async function silentFact(looking: Looking, id: string, { focus, authoredOn = '' }: Task) {
  const reference = focus?.reference;
  const task = await readNow<Task>(looking, reference);
  if (!reference || task?.resourceType !== 'Task') return undefined;
  for (const other of await about<Task>(looking, 'Task', 'focus', [reference])) {
    const { resource } = other.versions[0]!;
    if (other.id === id || ownCode(resource.code, 'task-code') !== 'escalate') continue;
    const order = (resource.authoredOn ?? '').localeCompare(authoredOn);
    if (order < 0 || (order === 0 && other.id < id)) return undefined;
  }
  const useCase = useCaseOf(task) ?? '';
  return requestUseCases.includes(useCase) ? { useCase, ...(await placed(looking, task)) } : undefined;
}
