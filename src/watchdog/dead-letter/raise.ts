import type { Task } from '@medplum/fhirtypes';
import { auditEvent } from '../../audit/event.ts';
import { type Audience, useCaseOf } from '../../deadline/index.ts';
import type { requesterOf } from '../../exchange/disclose/disclosures.ts';
import { dispatchesOf, dispatchesOfOwn } from '../../exchange/disclose/dispatch.ts';
import { statusDisclosures } from '../../exchange/disclose/status-disclosures.ts';
import { type Feedback, feedbackChanges, feedbackToReferrer } from '../../exchange/feedback/feedback.ts';
import { ownerOf, senderOf } from '../../exchange/memory/actors.ts';
import { focusOf, orderGraphOf } from '../../exchange/memory/journey.ts';
import { readAt } from '../../exchange/memory/memory.ts';
import { versioned } from '../../exchange/memory/versioned-effect.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { isType } from '../../fhir/resource.ts';
import { carriesContent } from '../../store/content-channel.ts';
import type { DispatchStatus } from '../../store/port.ts';
import { ownConcept } from '../../vocabulary/concept.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { deliveryFailed, ownTask } from '../../workflow/index.ts';
import { addresseeOf } from '../addressee.ts';
import { undeliveredTask } from './undelivered-task.ts';

type StoredTask = Task & { readonly id: string };

/** A dead letter is raised once each time that it dies. */
const raisedName = ({ id, queuedAt }: DispatchStatus): string => `dead-letter ${id} ${queuedAt.getTime()}`;

/** The party that acts: no partner has this id. */
export const gatewayItself = 'mgn-gateway';

/**
 * Raises a dead letter, once across all gateways: a Task to find out why, and, when it did not reach the owner of the
 * Task that it is about, business status `delivery-failed` and feedback to the sender. One commit with deliveries and audit event.
 * False when it was raised before, is about no Task, or the Task changed at this moment: the next run tries again.
 */
export async function raiseDeadLetter(gateway: Gateway, letter: DispatchStatus): Promise<boolean> {
  const { store, network, world } = gateway;
  const once = raisedName(letter);
  if (await store.done(once)) return false;
  const task = await taskOf(gateway, letter);
  const useCase = task && useCaseOf(task);
  if (!task || !useCase) return false;
  const now = world.now();
  const receiver = network.partners.get(letter.recipient);
  const addressee = addresseeOf(network, network.settings.delivery.deadLettersTo as Audience, task);
  const phone = task.owner?.reference && network.directory.service(task.owner.reference)?.phone;
  const partner = addressee?.partner ? network.partners.get(addressee.partner) : undefined;
  const inquiry =
    addressee &&
    undeliveredTask(
      {
        task,
        useCase,
        delivery: letter.id,
        receiver: receiver?.name ?? letter.recipient,
        because: letter.because ?? '?',
        ...(phone ? { phone } : {}),
      },
      addressee,
      { id: world.newId(), at: now, network: network.settings.organization },
    );
  const reported = isForOwner(gateway, letter, task) ? await reportToSender(gateway, task, letter, now) : undefined;
  // its own system is the one that fails: it reads the Task at the gateway
  const sent =
    inquiry && partner?.id !== letter.recipient
      ? dispatchesOfOwn(gateway, inquiry, { recipient: partner, kind: 'escalate', traceId: world.newId() })
      : [];
  const committed = await store.commit({
    now,
    once,
    changes: [
      ...(inquiry ? [{ resource: inquiry, expect: 'new' as const, readers: partner ? [partner.id] : [] }] : []),
      ...(reported?.changes ?? []),
    ],
    dispatches: [...sent, ...(reported?.dispatches ?? [])],
    audit: [
      auditEvent({
        id: world.newId(),
        at: now,
        action: 'C',
        interaction: 'delivery-failed',
        outcome: 'success',
        codes: [letter.because ?? '?'],
        requestId: letter.requestId,
        traceId: letter.traceId,
        partner: { id: gatewayItself, name: network.name },
        recipient: { id: letter.recipient, name: receiver?.name ?? letter.recipient },
        references: [`Task/${task.id}`, ...(inquiry ? [`Task/${inquiry.id}`] : [])],
      }),
    ],
  });
  return committed.kind === 'committed';
}

/** The Task that a delivery was about: its own, or that of the order that it names. */
async function taskOf({ store }: Gateway, { about = [] }: DispatchStatus): Promise<StoredTask | undefined> {
  const named = about.find((it) => it.startsWith('Task/'));
  const found = named ? await readAt(store, named) : undefined;
  if (isType(found, 'Task')) return found as StoredTask;
  const order = about.find((it) => it.startsWith('ServiceRequest/'));
  const graph = order ? await orderGraphOf(store, order) : undefined;
  return graph?.order && (ownTask(graph.tasks, graph.order) as StoredTask | undefined);
}

/** Content for the owner of its own Task. A notification, or a status for the sender, is not what the sender waits for. */
export const isForOwner = (
  { network }: Pick<Gateway, 'network'>,
  { recipient, channel, subscription, about = [] }: DispatchStatus,
  task: StoredTask,
): boolean =>
  carriesContent(channel) &&
  subscription === undefined &&
  about.find((it) => it.startsWith('Task/')) === `Task/${task.id}` &&
  ownerOf(network, task) === recipient &&
  senderOf(network, task) !== recipient;

/** The next version of the Task, and what its sender is notified of. */
async function reportToSender(gateway: Gateway, task: StoredTask, letter: DispatchStatus, at: Date) {
  const after = { ...task, businessStatus: ownConcept('business-status', deliveryFailed) };
  const { order } = await orderGraphOf(gateway.store, await focusOf(gateway.store, task));
  const feedback =
    order &&
    feedbackToReferrer(gateway, {
      order,
      around: [],
      legalBasis: legalBasisOf(task),
      topic: 'delivery-failed',
      mover: gatewayItself,
      sender: organisationOf(gateway),
      at,
    });
  return newVersion(gateway, { before: task, after, letter, at, ...(feedback ? { feedback } : {}) });
}

const organisationOf = ({ network }: Gateway): ReturnType<typeof requesterOf> => {
  const { organization } = network.settings;
  const name = network.directory.organization(organization)?.name ?? network.name;
  return { reference: organization, display: name };
};

type NewVersion = {
  readonly before: StoredTask;
  readonly after: StoredTask;
  readonly letter: Pick<DispatchStatus, 'traceId' | 'recipient'>;
  readonly at: Date;
  readonly feedback?: Feedback;
};

/** A version by the gateway itself, disclosed to the sender: its owner is not bothered with the state of its own queue. */
export function newVersion(gateway: Gateway, { before, after, letter, at, feedback }: NewVersion) {
  const { resource } = versioned({ rule: 'delivery', resource: after }, at);
  const disclosures = [
    ...statusDisclosures(gateway, resource as Task, letter.recipient, at),
    ...(feedback ? [feedback.disclosure] : []),
  ];
  return {
    changes: [
      { resource, expect: { version: Number(before.meta?.versionId) }, readers: [] },
      ...(feedback ? feedbackChanges(feedback, feedback.disclosure.partner) : []),
    ],
    dispatches: dispatchesOf(gateway, disclosures)({ traceId: letter.traceId }),
  };
}
