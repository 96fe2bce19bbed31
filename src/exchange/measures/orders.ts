import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import type { Fact, Facts } from '../../measure/index.ts';
import { useCaseOfOrder } from '../../vocabulary/use-case.ts';
import { senderOf } from '../memory/actors.ts';
import { type MeasureContext, readCurrent, resourcesInPeriod } from './measure-context.ts';

/**
 * Orders accepted during the period, without those entered in error. An order that replaces another is the same request
 * and is not counted again; a proposal is not a request yet.
 */
export async function ordersIn(context: MeasureContext): Promise<Pick<Facts, 'registrations' | 'transfers'>> {
  const registrations: Facts['registrations'][number][] = [];
  const transfers: Fact[] = [];
  for await (const { versions } of resourcesInPeriod<ServiceRequest>(context, 'ServiceRequest')) {
    const [first, last] = [versions[0]!, versions.at(-1)!];
    const { replaces, intent, subject } = first.resource;
    if (!context.isWithin(first.at) || replaces?.length || intent === 'proposal') continue;
    if (last.resource.status === 'entered-in-error') continue;
    const useCase = useCaseOfOrder(first.resource);
    if (useCase !== 'registration' && useCase !== 'transfer') continue;
    const fact = { day: context.dayOf(first.at), municipality: await context.municipalityOf(subject.reference) };
    if (useCase === 'transfer') transfers.push(fact);
    else registrations.push({ ...fact, referrer: referrerTypeOf(context, first.resource) });
  }
  return { registrations, transfers };
}

/** Code of mgn-organization-type of the sender, or `unknown`. */
export function referrerTypeOf({ network }: MeasureContext, order: ServiceRequest | Task): string {
  const sender = senderOf(network, order);
  const organization = sender === undefined ? undefined : network.directory.organizationOfPartner(sender);
  const system = `${mgnCodeSystem('organization-type')}|`;
  return organization?.types.find((it) => it.startsWith(system))?.slice(system.length) ?? 'unknown';
}

/** Upper bound on the chain of orders that are based on each other. */
const maximumDepth = 5;

/** The first order of the journey, and the number of steps to it. */
export async function originOf(
  context: MeasureContext,
  order: ServiceRequest,
): Promise<{ readonly order: ServiceRequest; readonly steps: number }> {
  let origin = order;
  let steps = 0;
  while (steps < maximumDepth) {
    const before = await readCurrent<ServiceRequest>(context, origin.basedOn?.[0]?.reference);
    if (before?.resourceType !== 'ServiceRequest') break;
    origin = before;
    steps++;
  }
  return { order: origin, steps };
}

/** Day of the first referral: that of the order, or of the one that it replaces. */
export async function referredOn(context: MeasureContext, order: ServiceRequest): Promise<string | undefined> {
  let first = order;
  for (let n = 0; n < maximumDepth; n++) {
    const before = await readCurrent<ServiceRequest>(context, first.replaces?.[0]?.reference);
    if (before?.resourceType !== 'ServiceRequest') break;
    first = before;
  }
  return dayAt(context, first.authoredOn);
}

/** Day of a FHIR dateTime in the time zone of the network; undefined when it has no day. */
export function dayAt({ dayOf }: MeasureContext, dateTime: string | undefined): string | undefined {
  if (dateTime === undefined || dateTime.length < 10) return undefined;
  return dateTime.length === 10 ? dateTime : dayOf(new Date(dateTime));
}
