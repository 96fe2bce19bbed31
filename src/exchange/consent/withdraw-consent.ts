import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { isUnselected } from '../../disclosure/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { Identified } from '../../fhir/graph.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Revocation, StoredResource, Withdrawal } from '../../store/port.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { effects, isOpen, type RequestedChange } from '../../workflow/index.ts';
import { planMove } from '../effect/plan-move.ts';
import { ownerOf } from '../memory/actors.ts';
import { orderGraphOf } from '../memory/journey.ts';
import { labelChange, withLabels } from '../memory/labels.ts';
import { find } from '../memory/memory.ts';
import { contentReadBy, hasOtherGround } from '../memory/right-to-read.ts';
import type { Answer } from '../pipeline/answer.ts';
import { change, type Place, stored } from '../pipeline/change.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { unchanged } from '../pipeline/unchanged.ts';
import { refusingIssues, validated } from '../pipeline/validated.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { parseWrite } from '../reading/parse.ts';
import { isStillPermitted } from './still-permitted.ts';
import type { IdentifiedConsent } from './still-question.ts';

/**
 * FHIR update of a Consent (toestemming) by the organisation that recorded it. Only the status may change, to inactive,
 * rejected or entered-in-error. The same commit withdraws open requests to the social domain that depend on it. Data
 * disclosed earlier is not recalled.
 */
export const withdrawConsent = (gateway: Gateway, envelope: Envelope, place: Omit<Place, 'type'>): Promise<Answer> =>
  change(
    gateway,
    envelope,
    { interaction: 'update', target: stored(gateway, { type: 'Consent', ...place }) },
    (received, current) => considerWithdrawal(gateway, received, current),
  );

async function considerWithdrawal(
  gateway: Gateway,
  received: Received,
  current: StoredResource,
): Promise<Result<CommitPlan>> {
  const { network } = gateway;
  const before = parseJson(current.text) as IdentifiedConsent;
  const parsed = parseWrite(received, network.settings, before);
  if (!parsed.ok) return parsed;
  if (isSame(before, parsed.value.resource) && isSentBy(before, received.partner.id))
    return success(unchanged('update', before, current.version));
  const after = endedConsent(before, parsed.value.resource as IdentifiedConsent, received);
  if (!after.ok) return after;
  const report = await validated(gateway, after.value);
  if (report.verdict !== 'valid') return failure(...refusingIssues(report.issues));
  const withdrawn = await dependentOn(gateway, received, after.value);
  if (!withdrawn.ok) return withdrawn;
  return success(
    asOneCommit(after.value, current.version, withdrawn.value, await revocationsAfter(gateway, received, after.value)),
  );
}

const endStatuses: readonly string[] = ['inactive', 'rejected', 'entered-in-error'];

const immutablePart = ({ status: _, meta: __, text: ___, ...rest }: IdentifiedConsent) => canonicalJson(rest);

const isSame = (before: IdentifiedConsent, sent: Resource): boolean =>
  isType(sent, 'Consent') &&
  sent.status === before.status &&
  immutablePart(sent as IdentifiedConsent) === immutablePart(before);

function endedConsent(
  before: IdentifiedConsent,
  sent: IdentifiedConsent,
  { partner, at }: Received,
): Result<IdentifiedConsent> {
  if (!isSentBy(before, partner.id)) return failure(issue('consent-update-forbidden', {}));
  if (endStatuses.includes(before.status))
    return failure(issue('consent-ended', { status: before.status }, { expression: 'Consent.status' }));
  const ends =
    isType(sent, 'Consent') && endStatuses.includes(sent.status) && immutablePart(sent) === immutablePart(before);
  if (!ends) return failure(issue('consent-immutable', { codes: endStatuses.join(', ') }, { expression: 'Consent' }));
  const labelled = withLabels(before.meta, labelChange(before.meta, sent.meta, { removes: false }));
  const meta = { ...labelled, versionId: String(Number(before.meta?.versionId) + 1), lastUpdated: at.toISOString() };
  return success({ ...before, status: sent.status, meta });
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
  consent: IdentifiedConsent,
): Promise<Result<readonly CommitPlan[]>> {
  const { store, world } = gateway;
  const effectContext = { at: received.at, newId: world.newId };
  const plans: CommitPlan[] = [];
  for (const order of await ordersUnder(gateway, consent)) {
    const graph = await orderGraphOf(store, `ServiceRequest/${order.id}`);
    const open = graph.tasks.filter((it) => isOpen(it) && it.focus?.reference === `ServiceRequest/${order.id}`);
    for (const task of open) {
      if (await isStillPermitted(gateway, order, task, { consent, now: received.at, outside: byConsentsAlone }))
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

/** Orders that depend on a Consent: those of its person, and those derived from them for the social domain. */
async function ordersUnder(
  { store }: Gateway,
  { patient }: IdentifiedConsent,
): Promise<readonly (ServiceRequest & Identified)[]> {
  const orders = await find<ServiceRequest>(store, 'ServiceRequest', 'patient', [patient?.reference ?? '']);
  const references = orders.map(({ id }) => `ServiceRequest/${id}`);
  const derived = await find<ServiceRequest>(store, 'ServiceRequest', 'based-on', references);
  return [...new Map([...orders, ...derived].map((it) => [it.id, it as ServiceRequest & Identified])).values()];
}

type Ended = { readonly revocations: readonly Revocation[]; readonly withdrawals: readonly Withdrawal[] };

/**
 * The Consent was the ground on which the social domain reads: whether its Task is open, underway or completed, its owner
 * no longer reads the request. It follows its own Task.
 */
async function revocationsAfter(gateway: Gateway, { at }: Received, consent: IdentifiedConsent): Promise<Ended> {
  const { store, network } = gateway;
  const revocations: Revocation[] = [];
  const withdrawals: Withdrawal[] = [];
  for (const order of await ordersUnder(gateway, consent)) {
    const { tasks } = await orderGraphOf(store, `ServiceRequest/${order.id}`);
    for (const task of tasks) {
      const owner = ownerOf(network, task);
      const isOfOrder = task.focus?.reference === `ServiceRequest/${order.id}`;
      if (!owner || !isOfOrder || isUnselected(task)) continue;
      // within care a right to read ends with the Task
      if (!isConsultation(task) && !isOfSocialDomain(gateway, task)) continue;
      if (await isStillPermitted(gateway, order, task, { consent, now: at, outside: byConsentsAlone })) continue;
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

/** Merges the Consent and the plans of all withdrawals into one commit. */
function asOneCommit(
  consent: IdentifiedConsent,
  version: number,
  plans: readonly CommitPlan[],
  { revocations, withdrawals }: Ended,
): CommitPlan {
  const changes = plans.flatMap((it) => it.changes);
  return {
    interaction: 'update',
    action: 'U',
    body: consent,
    location: `Consent/${consent.id}`,
    version: version + 1,
    steps: [],
    decisions: { rule: 'withdraw-consent', withdrawn: plans.map(({ decisions }) => decisions) },
    changes: [
      { resource: consent, expect: { version }, readers: [] },
      ...new Map(changes.map((it) => [`${it.resource.resourceType}/${it.resource.id}`, it])).values(),
    ],
    guards: plans.flatMap((it) => it.guards ?? []),
    grants: plans.flatMap((it) => it.grants ?? []),
    revocations: [...plans.flatMap((it) => it.revocations ?? []), ...revocations],
    withdrawals: [...plans.flatMap((it) => it.withdrawals ?? []), ...withdrawals],
    dispatches: (cause) => plans.flatMap((it) => it.dispatches(cause)),
    codes: [],
  };
}
