import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { mayHold } from '../../access/decide/index.ts';
import { isUnselected } from '../../disclosure/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Result, success } from '../../fhir/result.ts';
import type { Revocation, Withdrawal } from '../../store/port.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { effects, isOpen, type RequestedChange } from '../../workflow/index.ts';
import { planMove } from '../effect/plan-move.ts';
import { ownerOf } from '../memory/actors.ts';
import { distinctOf } from '../memory/consents.ts';
import { orderGraphOf } from '../memory/journey.ts';
import { find } from '../memory/memory.ts';
import { readOnce } from '../memory/read-once.ts';
import { contentReadBy, hasOtherGround } from '../memory/right-to-read.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Received } from '../reading/envelope.ts';
import { isStillPermitted } from './still-permitted.ts';
import type { IdentifiedConsent } from './still-question.ts';

/** What ends with a Consent, or by an objection. */
export type Ended = Required<
  Pick<CommitPlan, 'changes' | 'guards' | 'grants' | 'revocations' | 'withdrawals' | 'dispatches'>
> & { readonly decisions: readonly unknown[] };

/**
 * Ends what is no longer permitted, now that these Consents of one person have ended, or were added with an objection
 * (bezwaar): requests are withdrawn, with their waiting deliveries, and the social domain no longer reads them. Data disclosed earlier is not
 * recalled.
 */
export async function endedBy(
  given: Gateway,
  received: Received,
  stated: readonly IdentifiedConsent[],
): Promise<Result<Ended>> {
  const gateway = { ...given, store: readOnce(given.store) };
  const consents = distinctOf(stated);
  const withdrawn = await dependentOn(gateway, received, consents);
  if (!withdrawn.ok) return withdrawn;
  const plans = withdrawn.value;
  const { revocations, withdrawals } = await revocationsAfter(gateway, received, consents);
  const changes = plans.flatMap((it) => it.changes);
  return success({
    decisions: plans.map(({ decisions }) => decisions),
    changes: [...new Map(changes.map((it) => [`${it.resource.resourceType}/${it.resource.id}`, it])).values()],
    guards: plans.flatMap((it) => it.guards ?? []),
    grants: plans.flatMap((it) => it.grants ?? []),
    revocations: [...plans.flatMap((it) => it.revocations ?? []), ...revocations],
    withdrawals: [...plans.flatMap((it) => it.withdrawals ?? []), ...withdrawals],
    dispatches: (cause) => plans.flatMap((it) => it.dispatches(cause)),
  });
}

const started: readonly string[] = ['in-progress', 'on-hold'];

const isOfSocialDomain = ({ network }: Gateway, task: Task): boolean =>
  network.partners.get(ownerOf(network, task) ?? '')?.domain === 'social';

/** A Consent that ends says nothing of what a source outside knows. */
const byConsentsAlone = () => 'permit' as const;

const withdrawnByPerson = {
  coding: [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-person' }],
};

/**
 * Withdraws open requests to the social domain that are no longer permitted: a Task of a candidate or of an
 * invitee of a consultation alone, any other with its order.
 */
async function dependentOn(
  gateway: Gateway,
  received: Received,
  consents: readonly IdentifiedConsent[],
): Promise<Result<readonly CommitPlan[]>> {
  const { store, world } = gateway;
  const effectContext = { at: received.at, newId: world.newId };
  const plans: CommitPlan[] = [];
  for (const { order, tasks } of await ordersUnder(gateway, consents)) {
    const open = tasks.filter(isOpen);
    if (open.length === 0) continue;
    const graph = await orderGraphOf(store, `ServiceRequest/${order.id}`);
    for (const task of open) {
      if (await isStillPermitted(gateway, order, task, { consents, now: received.at, outside: byConsentsAlone }))
        continue;
      const isWithinCare = !isOfSocialDomain(gateway, task);
      // its owner treats the person, and keeps a record
      if (isWithinCare && !isConsultation(task) && started.includes(task.status)) continue;
      const requested: RequestedChange =
        isWithinCare || verbOf(task) === 'request-fulfillment' || isConsultation(task)
          ? { kind: 'task', after: { ...task, status: 'cancelled', statusReason: withdrawnByPerson } }
          : { kind: 'order', after: { ...order, status: 'revoked' }, reason: withdrawnByPerson };
      const result = effects(graph, requested, ['requester'], effectContext);
      if (!result.ok) continue;
      const plan = await planMove(gateway, received, { graph, ...result.value, interaction: 'update' });
      if (!plan.ok) return plan;
      plans.push(plan.value);
      if (requested.kind === 'order') break;
    }
  }
  return success(plans);
}

type OrderWithTasks = { readonly order: ServiceRequest & Identified; readonly tasks: readonly Task[] };

/**
 * Orders that depend on Consents, with the Tasks that have them as their focus: those of their person, and those derived from
 * them for the social domain. The Tasks of all are read together: a person may have a thousand orders, few of them with an
 * open Task.
 */
async function ordersUnder(
  { store }: Gateway,
  [consent]: readonly IdentifiedConsent[],
): Promise<readonly OrderWithTasks[]> {
  const orders = await find<ServiceRequest>(store, 'ServiceRequest', 'patient', [consent?.patient?.reference ?? '']);
  const references = orders.map(({ id }) => `ServiceRequest/${id}`);
  const derived = await find<ServiceRequest>(store, 'ServiceRequest', 'based-on', references);
  const all = new Map(
    [...orders, ...derived].map((it) => [`ServiceRequest/${it.id}`, it as ServiceRequest & Identified]),
  );
  const tasks = await find<Task>(store, 'Task', 'focus', [...all.keys()]);
  const byOrder = Map.groupBy(tasks, ({ focus }) => focus?.reference);
  return [...all].map(([reference, order]) => ({ order, tasks: byOrder.get(reference) ?? [] }));
}

/**
 * The Consent was the ground on which the social domain reads: whether its Task is open, underway or completed, its owner
 * no longer reads the request. It follows its own Task.
 */
async function revocationsAfter(
  gateway: Gateway,
  { at }: Received,
  consents: readonly IdentifiedConsent[],
): Promise<{ readonly revocations: readonly Revocation[]; readonly withdrawals: readonly Withdrawal[] }> {
  const { store, network } = gateway;
  const revocations: Revocation[] = [];
  const withdrawals: Withdrawal[] = [];
  for (const { order, tasks } of await ordersUnder(gateway, consents)) {
    for (const task of tasks) {
      const owner = ownerOf(network, task);
      if (!owner || isUnselected(task)) continue;
      // within care a right to read ends with the Task
      if (!isConsultation(task) && !isOfSocialDomain(gateway, task)) continue;
      // its right has ended before
      if (!isConsultation(task) && !(await store.read('ServiceRequest', order.id, owner))) continue;
      const permitted = await isStillPermitted(gateway, order, task, { consents, now: at, outside: byConsentsAlone });
      if (mayHold('disclosed', { consent: permitted ? 'permit' : 'deny' })) continue;
      if (isConsultation(task) && (await hasOtherGround(gateway, order, owner, new Set([task.id])))) continue;
      const content = await contentReadBy(
        gateway,
        order,
        owner,
        isConsultation(task) ? (task as Task & Identified) : undefined,
      );
      revocations.push(...content.map(({ resourceType: type, id }) => ({ type, id, readers: [owner] })));
      withdrawals.push({ recipient: owner, about: [`ServiceRequest/${order.id}`, `Task/${task.id}`] });
    }
  }
  return { revocations, withdrawals };
}
