import type { Bundle, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../fhir/graph.ts';
import { isType } from '../fhir/resource.ts';
import { useCaseOfOrder } from '../vocabulary/use-case.ts';
import { type Asked, askedOf } from './asked.ts';
import { type Complaint, complaintOf } from './complaint.ts';
import { isOwnerTheReferrer, type NamedOwner, namedOwnerOf } from './named-owner.ts';
import { type AboutPerson, aboutPerson } from './person.ts';
import { type Referrer, referrerOf } from './referrer.ts';
import { type Residence, residenceOf } from './residence.ts';
import type { DirectoryOrganization, DirectorySnapshot } from './snapshot.ts';

export type RoutingQuestion = {
  /** The referral in the gateway's profile, after ids were given. */
  readonly graph: Bundle;
  /** Whether the sender wrote the gateway's own profile or a map made it so. */
  readonly source: 'gateway-profile' | 'mapped';
  /** Id of the partner that sent it. */
  readonly sender?: string;
  readonly now: Date;
};

/** What rules may ask of a referral, and what a decision records of it: codes, never names, BSN or a full postcode. */
export type Facts = Residence &
  Complaint &
  AboutPerson &
  Asked & {
    readonly useCase: string;
    readonly source: RoutingQuestion['source'];
    readonly owner: NamedOwner['kind'];
    readonly referrer: Referrer['kind'];
    /** Id of the partner that sent it. */
    readonly sender: string | null;
    readonly priority: string;
    readonly urgent: boolean;
  };

/** The facts, and the things of graph and directory behind them. */
export type Known = {
  readonly facts: Facts;
  readonly graph: Graph;
  readonly namedOwner: NamedOwner;
  readonly ownerIsReferrer: boolean;
  /** Organisation whose referral it is: the referrer's, or the sender's where the referrer is not known. */
  readonly referring: DirectoryOrganization | undefined;
  readonly referrerIsSender: boolean;
  /** yyyy-mm-dd, where the network is. */
  readonly today: string;
};

export function knownOf({ graph: bundle, source, sender, now }: RoutingQuestion, directory: DirectorySnapshot): Known {
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
      ...aboutPerson(person, today),
      referrer: referrer.kind,
      sender: sender ?? null,
      priority,
      urgent: priority !== 'routine',
      ...complaintOf(graph),
      ...askedOf(graph, order),
    },
    graph,
    namedOwner,
    ownerIsReferrer: isOwnerTheReferrer(graph, task),
    referring: referrer.kind === 'known' ? referrer.organization : referrer.kind === 'unknown' ? sending : undefined,
    referrerIsSender: referrer.kind !== 'known' || !sending || referrer.organization === sending,
    today,
  };
}

function personOf(graph: Graph, order: ServiceRequest | undefined): Patient | undefined {
  const person = graph.resolve(order?.subject);
  return isType(person, 'Patient') ? person : undefined;
}
