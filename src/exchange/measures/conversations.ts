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

/** Conversations that the gateway was first told of as held, or as finished with an outcome, during the period. */
export async function conversationsIn(looking: MeasureContext): Promise<Conversations> {
  const outcomes: Facts['outcomes'][number][] = [];
  const explorations: Fact[] = [];
  const firstConversations: Facts['firstConversations'][number][] = [];
  for await (const { id, versions } of resourcesInPeriod<Encounter>(looking, 'Encounter')) {
    const last = versions.at(-1)!;
    if (last.resource.status === 'entered-in-error') continue;
    const municipality = await looking.municipalityOf(last.resource.subject?.reference);
    const finished = versions.find(({ resource }) => outcomeOf(resource) !== undefined);
    if (finished && looking.isWithin(finished.at)) {
      const fact = { day: looking.dayOf(finished.at), municipality };
      const outcome = outcomeOf(last.resource) ?? outcomeOf(finished.resource) ?? '';
      if (settledOutcomes.includes(outcome)) outcomes.push({ ...fact, outcome });
      else explorations.push(fact);
    }
    const held = firstHeldVersion(versions);
    if (!held || !looking.isWithin(held.at)) continue;
    const days = await daysUntil(looking, id, held);
    if (days !== undefined) firstConversations.push({ day: looking.dayOf(held.at), municipality, days });
  }
  return { outcomes, explorations, firstConversations };
}

function outcomeOf({ status, extension = [] }: Encounter): string | undefined {
  if (status !== 'finished') return undefined;
  const told = extension.find(({ url }) => url === mgnExtension('conversation-outcome'));
  return ownCode(told?.valueCodeableConcept, 'conversation-outcome');
}

const heldStatuses: readonly string[] = ['in-progress', 'onleave', 'finished'];

const firstHeldVersion = (versions: readonly Version<Encounter>[]): Version<Encounter> | undefined =>
  versions.find(({ resource: { status, period } }) => heldStatuses.includes(status) && period?.start !== undefined);

/** Days from the referral to this conversation, when it is the first that was held about a registration. */
async function daysUntil(looking: MeasureContext, id: string, held: Version<Encounter>): Promise<number | undefined> {
  const reference = held.resource.basedOn?.[0]?.reference;
  const order = await readCurrent<ServiceRequest>(looking, reference);
  if (!reference || order?.resourceType !== 'ServiceRequest' || useCaseOfOrder(order) !== 'registration')
    return undefined;
  for (const other of await versionsReferringTo<Encounter>(looking, 'Encounter', 'based-on', [reference])) {
    const before = other.id === id ? undefined : firstHeldVersion(other.versions);
    if (before && (before.at < held.at || (before.at.getTime() === held.at.getTime() && other.id < id)))
      return undefined;
  }
  const [from, until] = [await referredOn(looking, order), dayAt(looking, held.resource.period?.start)];
  const days = from && until ? daysBetween(from, until) : undefined;
  return days === undefined || days < 0 ? undefined : days;
}
