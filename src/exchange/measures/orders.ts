import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import type { Fact, Facts } from '../../measure/index.ts';
import { useCaseOfOrder } from '../../vocabulary/use-case.ts';
import { senderOf } from '../memory/actors.ts';
import { type MeasureContext, readCurrent, resourcesInPeriod } from './measure-context.ts';

/**
 * Orders that the gateway took in during the period, and that were no mistake. One that takes the place of another is the
 * same request again, and is not counted anew; a proposal asks nothing of anybody yet.
 */
export async function ordersIn(looking: MeasureContext): Promise<Pick<Facts, 'registrations' | 'transfers'>> {
  const registrations: Facts['registrations'][number][] = [];
  const transfers: Fact[] = [];
  for await (const { versions } of resourcesInPeriod<ServiceRequest>(looking, 'ServiceRequest')) {
    const [first, last] = [versions[0]!, versions.at(-1)!];
    const { replaces, intent, subject } = first.resource;
    if (!looking.isWithin(first.at) || replaces?.length || intent === 'proposal') continue;
    if (last.resource.status === 'entered-in-error') continue;
    const useCase = useCaseOfOrder(first.resource);
    if (useCase !== 'registration' && useCase !== 'transfer') continue;
    const fact = { day: looking.dayOf(first.at), municipality: await looking.municipalityOf(subject.reference) };
    if (useCase === 'transfer') transfers.push(fact);
    else registrations.push({ ...fact, referrer: referrerTypeOf(looking, first.resource) });
  }
  return { registrations, transfers };
}

/** Of what kind the organisation is whose system sent it. */
export function referrerTypeOf({ network }: MeasureContext, order: ServiceRequest | Task): string {
  const sender = senderOf(network, order);
  const organization = sender === undefined ? undefined : network.directory.organizationOfPartner(sender);
  const system = `${mgnCodeSystem('organization-type')}|`;
  return organization?.types.find((it) => it.startsWith(system))?.slice(system.length) ?? 'unknown';
}

/** An order leads to the one that it follows from; nobody goes on for ever. */
const maximumDepth = 5;

/** The order that a journey began with, and how far this one is from it. */
export async function originOf(
  looking: MeasureContext,
  order: ServiceRequest,
): Promise<{ readonly order: ServiceRequest; readonly steps: number }> {
  let at = order;
  let steps = 0;
  while (steps < maximumDepth) {
    const before = await readCurrent<ServiceRequest>(looking, at.basedOn?.[0]?.reference);
    if (before?.resourceType !== 'ServiceRequest') break;
    at = before;
    steps++;
  }
  return { order: at, steps };
}

/** The day on which somebody was first referred: that of the order, or of the one whose place it took. */
export async function referredOn(looking: MeasureContext, order: ServiceRequest): Promise<string | undefined> {
  let first = order;
  for (let n = 0; n < maximumDepth; n++) {
    const before = await readCurrent<ServiceRequest>(looking, first.replaces?.[0]?.reference);
    if (before?.resourceType !== 'ServiceRequest') break;
    first = before;
  }
  return dayAt(looking, first.authoredOn);
}

/** The day of a FHIR dateTime: as it stands when it is only a day. Undefined when it is not even that. */
export function dayAt({ dayOf }: MeasureContext, dateTime: string | undefined): string | undefined {
  if (dateTime === undefined || dateTime.length < 10) return undefined;
  return dateTime.length === 10 ? dateTime : dayOf(new Date(dateTime));
}
