import type { Bundle, Consent, Organization, Reference, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnProfile } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { assign, route } from '../../routing/index.ts';
import { ownCoding } from '../../vocabulary/concept.ts';
import { resourceIdentifier, taskIdentifier } from '../../vocabulary/identifiers.ts';
import { legalBasis } from '../../vocabulary/legal-basis.ts';
import { isSentBy, sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { fulfillCoding } from '../../vocabulary/task-verb.ts';
import { useCaseOfOrder } from '../../vocabulary/use-case.ts';
import { referralDisclosures } from '../disclose/disclosures.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Assigned, Incoming } from '../pipeline/kind.ts';
import type { RecordedOrder } from './recorded-order.ts';

/**
 * A follow-up order of a plan. `graph` contains order, Task and Patient, and the resources that disclosure decides on.
 */
export type FollowUp = {
  readonly graph: Bundle;
  readonly order: ServiceRequest & Identified;
  readonly task: Task & Identified;
  /** Id of the receiving partner; undefined when the owner has no system. */
  readonly recipient: string | undefined;
  /** The routing decision; absent for advice, which always returns to the referrer. */
  readonly decision?: Assigned;
};

/** Each is disclosed on its own, and proven against the whole record: their cost is the square of their number. */
const maximumRequests = 50;

type Basis = RecordedOrder & { readonly ownTask: Task & Identified };

/**
 * The requests of a record, each with a Task of its own. Advice returns to the referrer with intent `proposal`, because
 * insured ggz needs a referral by the GP. Other requests become a `filler-order` for a service of the directory.
 * Issues: `follow-ups-too-many`, `advice-intent-mismatch`,
 * `advice-referrer-missing`, `follow-up-performer-missing`, `follow-up-performer-not-eligible`, and those of routing.
 */
export function followUpsOf(context: DecisionContext, incoming: Incoming, basis: Basis): Result<readonly FollowUp[]> {
  const entries = (incoming.graph.entry ?? []).map(({ resource }, index) => ({ resource, index }));
  if (entries.filter(({ resource }) => isType(resource, 'ServiceRequest')).length > maximumRequests)
    return failure(issue('follow-ups-too-many', { limit: maximumRequests }, { expression: 'CarePlan.activity' }));
  const results = entries.flatMap(({ resource, index }) =>
    isType(resource, 'ServiceRequest')
      ? [followUp(context, incoming, basis, resource as ServiceRequest & Identified, `Bundle.entry[${index}].resource`)]
      : [],
  );
  const issues = results.flatMap((it) => (it.ok ? [] : it.issues));
  if (issues.length) return failure(...issues);
  const warnings: Issue[] = results.flatMap(({ issues }) => issues);
  return success(
    results.flatMap((it) => (it.ok ? [it.value] : [])),
    warnings,
  );
}

function followUp(
  context: DecisionContext,
  incoming: Incoming,
  basis: Basis,
  sentOrder: ServiceRequest & Identified,
  at: string,
): Result<FollowUp> {
  const useCase = useCaseOfOrder(sentOrder);
  const isAdvice = useCase === 'advice';
  if (isAdvice !== (sentOrder.intent === 'proposal'))
    return failure(issue('advice-intent-mismatch', {}, { expression: `${at}.intent` }));
  const referrer = referrerOf(context, basis.order);
  const owner: Task['owner'] = isAdvice ? referrer?.reference : sentOrder.performer?.[0];
  if (!owner)
    return failure(issue(isAdvice ? 'advice-referrer-missing' : 'follow-up-performer-missing', {}, { expression: at }));
  const order: ServiceRequest & Identified = {
    ...sentOrder,
    intent: isAdvice ? 'proposal' : 'filler-order',
    requester: sentOrder.requester?.reference ? sentOrder.requester : requesterOf(context, incoming),
  };
  const task = taskFor(context, incoming, basis, order, owner);
  const graph = graphFor(context, incoming, basis, order, task);
  if (isAdvice) return success({ graph, order, task, recipient: referrer?.partner });
  const { routes, network } = context;
  const question = { graph, source: incoming.inputProfile, sender: incoming.partner.id, now: incoming.at };
  const decision = route(routes, network.directory, question);
  if (decision.kind === 'refused') return failure(...decision.issues.map((it) => ({ ...it, expression: at })));
  if (decision.kind === 'human')
    return failure(issue('follow-up-performer-not-eligible', {}, { expression: `${at}.performer[0]` }));
  const assigned = assign(graph, decision);
  const assignedTask = assigned.entry?.find(({ resource }) => isType(resource, 'Task'))?.resource as Task & Identified;
  return success({ graph: assigned, order, task: assignedTask, recipient: decision.owner.partner, decision });
}

/** The partner that sent the order to the gateway. */
export function referrerOf(
  { network }: Pick<DecisionContext, 'network'>,
  order: ServiceRequest,
): { readonly partner: string; readonly reference: Reference<Organization> } | undefined {
  const partner = [...network.partners.values()].find(({ id }) => isSentBy(order, id));
  return partner && { partner: partner.id, reference: { reference: partner.organization, display: partner.name } };
}

const requesterOf = ({ network }: DecisionContext, { partner }: Incoming): Reference<Organization> => ({
  reference: partner.organization,
  display: network.directory.organization(partner.organization)?.name ?? partner.name,
});

function taskFor(
  { world }: DecisionContext,
  incoming: Incoming,
  { ownTask }: Basis,
  order: ServiceRequest & Identified,
  owner: NonNullable<Task['owner']>,
): Task & Identified {
  const id = world.newId();
  const useCase = useCaseOfOrder(order) ?? '';
  const basis = legalBasis(useCase === 'social-request' ? 'explicit-consent' : 'referral-within-care');
  return {
    resourceType: 'Task',
    id,
    meta: { profile: [mgnProfile('coordination-task')], source: sourceOfPartner(incoming.partner.id) },
    extension: [basis],
    identifier: [taskIdentifier(id), resourceIdentifier(id)],
    partOf: [{ reference: `Task/${ownTask.id}` }],
    status: 'requested',
    intent: 'order',
    ...(order.priority ? { priority: order.priority } : {}),
    code: {
      coding: [fulfillCoding, ownCoding('use-case', useCase)],
    },
    focus: { reference: `ServiceRequest/${order.id}` },
    for: order.subject,
    authoredOn: incoming.at.toISOString(),
    requester: order.requester ?? {},
    owner,
  };
}

/** Contains the plan and the Consents as well, because disclosure decides on them. */
function graphFor(
  { network }: DecisionContext,
  { graph, loaded }: Incoming,
  { person }: Basis,
  order: ServiceRequest & Identified,
  task: Task,
): Bundle {
  const others = (graph.entry ?? []).flatMap(({ resource }) =>
    resource && !isType(resource, 'ServiceRequest') ? [resource as Resource] : [],
  );
  const consents = [...loaded.resources.values()].filter((it): it is Consent & Identified => isType(it, 'Consent'));
  return {
    resourceType: 'Bundle',
    meta: { profile: [mgnProfile('referral-bundle')] },
    type: 'collection',
    entry: [order, task, person, ...others, ...consents].map((resource) => ({
      fullUrl: `${network.settings.baseUrl}/${resource.resourceType}/${resource.id}`,
      resource,
    })) as NonNullable<Bundle['entry']>,
  };
}

/** Disclosures of all follow-ups. One refused disclosure refuses the record. */
export function followUpDisclosures(
  context: DecisionContext,
  followUps: readonly FollowUp[],
  sender: string,
  at: Date,
): Result<readonly Disclosure[]> {
  const results = followUps.map(({ graph, recipient }) =>
    referralDisclosures(context, graph, { sender, owner: recipient }, at),
  );
  const refused = results.filter((it) => !it.ok).flatMap(({ issues }) => issues);
  if (refused.length) return failure(...refused);
  return success(
    results.flatMap((it) => (it.ok ? it.value : [])),
    results.flatMap(({ issues }) => issues),
  );
}
