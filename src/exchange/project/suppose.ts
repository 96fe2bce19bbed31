import type { Bundle, BundleEntry, Coding, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { projectionsOf, recipientOf } from '../../directory/index.ts';
import { candidateTask, disclose, type Recipient } from '../../disclosure/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { graphOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { residenceOf } from '../../routing/index.ts';
import { verbOf, withVerb } from '../../vocabulary/task-verb.ts';
import { projectionContext } from '../disclose/disclosures.ts';
import { ownerOf } from '../memory/actors.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';

/** When a recipient would get it: asked whether it could help, chosen, or after its Task ended without being carried out. */
export const projectPhases = ['candidate', 'selected', 'after'] as const;
export type ProjectPhase = (typeof projectPhases)[number];

export type Supposition = {
  /** The order with its Task and what belongs to it, as far as the sender may read it. */
  readonly graph: Bundle;
  readonly task: Task;
  readonly sender: string;
  readonly recipient: string;
  readonly phase: ProjectPhase;
  /** The graph was sent as one referral. */
  readonly isSentTogether: boolean;
  readonly now: Date;
};

type Supposing = Pick<DecisionContext, 'network' | 'world' | 'grounds'>;

/** A consent source outside is not asked: whether it permits is for the recipient to learn, by getting something. */
const ifItPermits = () => 'permit' as const;

/**
 * The decision on a disclosure as if this recipient owned the Task in this phase: by the same code as a real one. Undefined for
 * a partner that receives nothing.
 */
export function supposeDisclosure(context: Supposing, it: Supposition) {
  const { network, grounds } = context;
  const { graph, task, sender, phase, now } = it;
  const recipient = recipientOf(network, it.recipient);
  if (!recipient || recipient.references.length === 0) return undefined;
  const owned = ownerOf(network, task) === it.recipient ? task : { ...task, owner: ownerAs(recipient) };
  const supposed = taskIn(context, { ...it, task: owned });
  const decision = disclose({
    graph: withOnly(graph, task, supposed),
    recipient,
    sender,
    purpose: phase === 'candidate' ? 'solicitation' : phase === 'selected' ? 'referral' : 'status',
    isSentTogether: it.isSentTogether,
    now,
    grounds,
    outside: ifItPermits,
    projection: projectionContext(context, sender),
  });
  return { decision, supposed };
}

const ownerAs = ({ references }: Recipient): NonNullable<Task['owner']> => ({
  reference: references.find((it) => it.startsWith('HealthcareService/')) ?? references[0] ?? '',
});

function taskIn(
  context: Supposing,
  { graph, task, sender, recipient, phase, now }: Omit<Supposition, 'isSentTogether'>,
): Task {
  if (phase === 'candidate') {
    if (verbOf(task) === 'request-fulfillment') return task;
    const { network } = context;
    const partner = network.partners.get(recipient)!;
    const asked = { ...task, code: { coding: (task.code?.coding ?? []).map(asRequest) } };
    return candidateTask(withOnly(graph, task, asked), asked, {
      municipality: residenceOf(personOf(graph, task), network.directory, now).municipality,
      requester: projectionContext(context, sender).requester as NonNullable<Task['requester']>,
      now,
      projections: projectionsOf(network, partner),
      social: partner.domain === 'social',
    });
  }
  const order = orderOf(graph, task);
  const chosen: Task =
    verbOf(task) === 'request-fulfillment'
      ? { ...task, code: withVerb(task.code, 'fulfill'), ...(order ? { for: order.subject } : {}) }
      : task;
  return phase === 'after' ? { ...chosen, status: 'cancelled' } : chosen;
}

const asRequest = (it: Coding): Coding =>
  it.code === 'fulfill' ? { system: mgnCodeSystem('task-code'), code: 'request-fulfillment' } : it;

function orderOf(graph: Bundle, task: Task): ServiceRequest | undefined {
  const order = graphOf(graph).resolve(task.focus);
  return isType(order, 'ServiceRequest') ? (order as ServiceRequest) : undefined;
}

function personOf(graph: Bundle, task: Task): Patient | undefined {
  const person = graphOf(graph).resolve(orderOf(graph, task)?.subject);
  return isType(person, 'Patient') ? (person as Patient) : undefined;
}

/** The graph as if this Task, in another form, were the only one. */
const withOnly = (graph: Bundle, task: Task, as: Task): Bundle => ({
  ...graph,
  entry: (graph.entry ?? []).flatMap((entry): BundleEntry[] =>
    entry.resource === task ? [{ ...entry, resource: as }] : isType(entry.resource, 'Task') ? [] : [entry],
  ),
});
