import type { Bundle, Consent, Extension, Organization, Reference, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension, mgnNaming, mgnProfile } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { assign, route } from '../../routing/index.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import { sourceOfPartner } from '../pipeline/judge.ts';
import type { Assigned, Incoming } from '../pipeline/kind.ts';
import type { RecordOrder } from './recorded-order.ts';

/** What follows from the plan, as it goes to one party: its order, Task and person, with what it is decided on. */
export type FollowUp = {
  readonly graph: Bundle;
  readonly order: ServiceRequest & Identified;
  readonly task: Task & Identified;
  /** Partner that gets it; absent when its owner has no system. */
  readonly recipient: string | undefined;
  /** How its owner was chosen; advice goes to who referred, which is nothing to choose. */
  readonly decision?: Assigned;
};

type Basis = RecordOrder & { readonly ownTask: Task & Identified };

/**
 * The requests of a record, each with a Task of its own: advice to who referred (intent proposal: insured ggz needs the
 * GP's referral, ServiceRequest intent order), onward orders (filler-order) to a service that takes them from the network.
 */
export function followUpsOf(deciding: Deciding, incoming: Incoming, basis: Basis): Result<readonly FollowUp[]> {
  const entries = (incoming.graph.entry ?? []).map(({ resource }, index) => ({ resource, index }));
  const made = entries.flatMap(({ resource, index }) =>
    isType(resource, 'ServiceRequest')
      ? [
          followUp(
            deciding,
            incoming,
            basis,
            resource as ServiceRequest & Identified,
            `Bundle.entry[${index}].resource`,
          ),
        ]
      : [],
  );
  const wrong = made.flatMap((it) => (it.ok ? [] : it.issues));
  if (wrong.length) return failure(...wrong);
  const warnings: Issue[] = made.flatMap(({ issues }) => issues);
  return success(
    made.flatMap((it) => (it.ok ? [it.value] : [])),
    warnings,
  );
}

function followUp(
  deciding: Deciding,
  incoming: Incoming,
  basis: Basis,
  asked: ServiceRequest & Identified,
  at: string,
): Result<FollowUp> {
  const useCase = useCaseOf(asked);
  const isAdvice = useCase === 'advice';
  if (isAdvice !== (asked.intent === 'proposal'))
    return failure(issue('advice-intent', {}, { expression: `${at}.intent` }));
  const referrer = referrerOf(deciding, basis.order);
  const owner: Task['owner'] = isAdvice ? referrer?.reference : asked.performer?.[0];
  if (!owner)
    return failure(issue(isAdvice ? 'advice-without-referrer' : 'follow-up-without-service', {}, { expression: at }));
  const order: ServiceRequest & Identified = {
    ...asked,
    intent: isAdvice ? 'proposal' : 'filler-order',
    requester: asked.requester?.reference ? asked.requester : requesterOf(deciding, incoming),
  };
  const task = taskFor(deciding, incoming, basis, order, owner);
  const graph = graphFor(deciding, incoming, basis, order, task);
  if (isAdvice) return success({ graph, order, task, recipient: referrer?.partner });
  const { routes, network } = deciding;
  const question = { graph, source: incoming.source, sender: incoming.partner.id, now: incoming.at };
  const decision = route(routes, network.directory, question);
  if (decision.kind === 'refused') return failure(...decision.issues.map((it) => ({ ...it, expression: at })));
  if (decision.kind === 'human')
    return failure(issue('follow-up-service-unfit', {}, { expression: `${at}.performer[0]` }));
  const assigned = assign(graph, decision);
  const moved = assigned.entry?.find(({ resource }) => isType(resource, 'Task'))?.resource as Task & Identified;
  return success({ graph: assigned, order, task: moved, recipient: decision.owner.partner, decision });
}

const useCaseOf = ({ category = [] }: ServiceRequest): string | undefined =>
  category.flatMap(({ coding = [] }) => coding).find(({ system }) => system === mgnCodeSystem('use-case'))?.code;

/** Who sent the order to the gateway. */
export function referrerOf(
  { network }: Pick<Deciding, 'network'>,
  order: ServiceRequest,
): { readonly partner: string; readonly reference: Reference<Organization> } | undefined {
  const partner = [...network.partners.values()].find(({ id }) => order.meta?.source === sourceOfPartner(id));
  return partner && { partner: partner.id, reference: { reference: partner.organization, display: partner.name } };
}

const requesterOf = ({ network }: Deciding, { partner }: Incoming): Reference<Organization> => ({
  reference: partner.organization,
  display: network.directory.organization(partner.organization)?.name ?? partner.name,
});

function taskFor(
  { world }: Deciding,
  incoming: Incoming,
  { ownTask }: Basis,
  order: ServiceRequest & Identified,
  owner: NonNullable<Task['owner']>,
): Task & Identified {
  const id = world.newId();
  const useCase = useCaseOf(order) ?? '';
  const basis: Extension = {
    url: mgnExtension('legal-basis'),
    valueCodeableConcept: {
      coding: [
        {
          system: mgnCodeSystem('legal-basis'),
          code: useCase === 'social-request' ? 'explicit-consent' : 'referral-within-care',
        },
      ],
    },
  };
  return {
    resourceType: 'Task',
    id,
    meta: { profile: [mgnProfile('coordination-task')], source: sourceOfPartner(incoming.partner.id) },
    extension: [basis],
    identifier: [
      { system: mgnNaming('task'), value: id },
      { system: mgnNaming('resource'), value: id },
    ],
    partOf: [{ reference: `Task/${ownTask.id}` }],
    status: 'requested',
    intent: 'order',
    ...(order.priority ? { priority: order.priority } : {}),
    code: {
      coding: [
        { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' },
        { system: mgnCodeSystem('use-case'), code: useCase },
      ],
    },
    focus: { reference: `ServiceRequest/${order.id}` },
    for: order.subject,
    authoredOn: incoming.at.toISOString(),
    requester: order.requester ?? {},
    owner,
  };
}

/** The plan and the Consents are here to be decided on; what of them goes is disclosure's to say. */
function graphFor(
  { network }: Deciding,
  { graph, known }: Incoming,
  { person }: Basis,
  order: ServiceRequest & Identified,
  task: Task,
): Bundle {
  const others = (graph.entry ?? []).flatMap(({ resource }) =>
    resource && !isType(resource, 'ServiceRequest') ? [resource as Resource] : [],
  );
  const consents = [...known.resources.values()].filter((it): it is Consent & Identified => isType(it, 'Consent'));
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
