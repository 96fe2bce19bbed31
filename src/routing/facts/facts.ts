import type { Bundle, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { useCaseOfOrder } from '../../vocabulary/use-case.ts';
import type { Residence } from '../snapshot/residence.ts';
import type { DirectoryOrganization, DirectorySnapshot } from '../snapshot/snapshot.ts';
import { type Complaint, complaintOf } from './complaint.ts';
import { isOwnerTheReferrer, type NamedOwner, namedOwnerOf } from './named-owner.ts';
import { type PersonFacts, personFactsOf } from './person.ts';
import { type Referrer, referrerOf } from './referrer.ts';
import { type RequestedCare, requestedCareOf } from './requested-care.ts';
import { residenceOf } from './residence.ts';

export type RoutingQuestion = {
  /** The referral in the gateway's profile, with ids assigned. */
  readonly graph: Bundle;
  /** Whether the sender used the gateway's own profile, or a map produced it. */
  readonly source: 'gateway-profile' | 'mapped';
  /** Id of the sending partner. */
  readonly sender?: string;
  readonly now: Date;
  /** Where the person lives is not disclosed yet: no catchment excludes a named service. */
  readonly withoutHome?: boolean;
};

/** The facts that rules may test and that a decision records: codes, never names, BSN or a full postcode. */
export type Facts = Residence &
  Complaint &
  PersonFacts &
  RequestedCare & {
    readonly useCase: string;
    readonly source: RoutingQuestion['source'];
    readonly owner: NamedOwner['kind'];
    readonly referrer: Referrer['kind'];
    /** Id of the sending partner. */
    readonly sender: string | null;
    readonly priority: string;
    readonly urgent: boolean;
  };

/** The facts, with the resources of graph and directory they were derived from. */
export type RoutingContext = {
  readonly facts: Facts;
  readonly graph: Graph;
  readonly namedOwner: NamedOwner;
  readonly ownerIsReferrer: boolean;
  readonly withoutHome: boolean;
  /** The referring organisation: the referrer's, or the sender's when the referrer is unknown. */
  readonly referring: DirectoryOrganization | undefined;
  readonly referrerIsSender: boolean;
  /** yyyy-mm-dd, in the network's time zone. */
  readonly today: string;
};

export function routingContextOf(
  { graph: bundle, source, sender, now, withoutHome = false }: RoutingQuestion,
  directory: DirectorySnapshot,
): RoutingContext {
  const graph = graphOf(bundle);
  const task = graph.first('Task');
  const order = graph.first('ServiceRequest');
  const namedOwner = namedOwnerOf(graph, task, directory);
  const referrer = referrerOf(graph, directory);
  const sending = sender === undefined ? undefined : directory.organizationOfPartner(sender);
  const person = personOf(graph, order);
  const today = directory.dayOf(now);
  const priority = order?.priority ?? task?.priority ?? 'routine';
  return {
    facts: {
      useCase: order ? (useCaseOfOrder(order) ?? '') : '',
      source,
      owner: namedOwner.kind,
      ...residenceOf(person, directory, now),
      ...personFactsOf(person, today),
      referrer: referrer.kind,
      sender: sender ?? null,
      priority,
      urgent: priority !== 'routine',
      ...complaintOf(graph),
      ...requestedCareOf(graph, order),
    },
    graph,
    namedOwner,
    ownerIsReferrer: isOwnerTheReferrer(graph, task),
    withoutHome,
    referring: referrer.kind === 'known' ? referrer.organization : referrer.kind === 'unknown' ? sending : undefined,
    referrerIsSender: referrer.kind !== 'known' || !sending || referrer.organization === sending,
    today,
  };
}

function personOf(graph: Graph, order: ServiceRequest | undefined): Patient | undefined {
  const person = graph.resolve(order?.subject);
  return isType(person, 'Patient') ? person : undefined;
}
