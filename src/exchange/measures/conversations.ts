import type { Encounter, ServiceRequest } from '@medplum/fhirtypes';
import { mgnExtension } from '../../fhir/canonical.ts';
import { daysBetween, type Fact, type Facts, settledOutcomes } from '../../measure/index.ts';
import { ownCode } from '../../vocabulary/concept.ts';
import { useCaseOfOrder } from '../../vocabulary/use-case.ts';
import {
  type MeasureContext,
  readCurrent,
  resourcesInPeriod,
  type Version,
  versionsReferringTo,
} from './measure-context.ts';
import { dayAt, referredOn } from './orders.ts';

type Conversations = Pick<Facts, 'outcomes' | 'explorations' | 'firstConversations'>;

/** Conversations (verkennend gesprek) first reported as held, or as finished with an outcome, during the period. */
export async function conversationsIn(context: MeasureContext): Promise<Conversations> {
  const outcomes: Facts['outcomes'][number][] = [];
  const explorations: Fact[] = [];
  const firstConversations: Facts['firstConversations'][number][] = [];
  for await (const { id, versions } of resourcesInPeriod<Encounter>(context, 'Encounter')) {
    const last = versions.at(-1)!;
    if (last.resource.status === 'entered-in-error') continue;
    const municipality = await context.municipalityOf(last.resource.subject?.reference);
    const finished = versions.find(({ resource }) => outcomeOf(resource) !== undefined);
    if (finished && context.isWithin(finished.at)) {
      const fact = { day: context.dayOf(finished.at), municipality };
      const outcome = outcomeOf(last.resource) ?? outcomeOf(finished.resource) ?? '';
      if (settledOutcomes.includes(outcome)) outcomes.push({ ...fact, outcome });
      else explorations.push(fact);
    }
    const firstHeld = firstHeldVersion(versions);
    if (!firstHeld || !context.isWithin(firstHeld.at)) continue;
    const days = await daysUntil(context, id, firstHeld);
    if (days !== undefined) firstConversations.push({ day: context.dayOf(firstHeld.at), municipality, days });
  }
  return { outcomes, explorations, firstConversations };
}

function outcomeOf({ status, extension = [] }: Encounter): string | undefined {
  if (status !== 'finished') return undefined;
  const outcome = extension.find(({ url }) => url === mgnExtension('conversation-outcome'));
  return ownCode(outcome?.valueCodeableConcept, 'conversation-outcome');
}

const heldStatuses: readonly string[] = ['in-progress', 'onleave', 'finished'];

const firstHeldVersion = (versions: readonly Version<Encounter>[]): Version<Encounter> | undefined =>
  versions.find(({ resource: { status, period } }) => heldStatuses.includes(status) && period?.start !== undefined);

/** Days from the referral (verwijzing) to this conversation; undefined unless it is the first about a registration. */
async function daysUntil(
  context: MeasureContext,
  id: string,
  firstHeld: Version<Encounter>,
): Promise<number | undefined> {
  const reference = firstHeld.resource.basedOn?.[0]?.reference;
  const order = await readCurrent<ServiceRequest>(context, reference);
  if (!reference || order?.resourceType !== 'ServiceRequest' || useCaseOfOrder(order) !== 'registration')
    return undefined;
  for (const other of await versionsReferringTo<Encounter>(context, 'Encounter', 'based-on', [reference])) {
    const before = other.id === id ? undefined : firstHeldVersion(other.versions);
    if (before && (before.at < firstHeld.at || (before.at.getTime() === firstHeld.at.getTime() && other.id < id)))
      return undefined;
  }
  const [from, until] = [await referredOn(context, order), dayAt(context, firstHeld.resource.period?.start)];
  const days = from && until ? daysBetween(from, until) : undefined;
  return days === undefined || days < 0 ? undefined : days;
}
