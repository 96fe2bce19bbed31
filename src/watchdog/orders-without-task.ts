import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { auditEvent } from '../audit/event.ts';
import { dispatchesOfOwn } from '../exchange/disclose/dispatch.ts';
import { senderOf } from '../exchange/memory/actors.ts';
import { find } from '../exchange/memory/memory.ts';
import { waiting } from '../exchange/order-then-task.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { legalBasis } from '../vocabulary/legal-basis.ts';
import { escalation } from '../workflow/index.ts';

/**
 * Raises each order that was created alone and got no Task within the configured time, once: a Task `escalate` of the
 * team that decides by hand, readable by the sender too. Nobody else knows of the order. Returns their number.
 */
export async function raiseOrdersWithoutTask(gateway: Gateway): Promise<number> {
  const { store, network, world } = gateway;
  const { orderWithoutTaskHours: hours } = network.settings.watchdog;
  if (hours === undefined) return 0;
  const now = world.now();
  const orders = await find<ServiceRequest>(store, 'ServiceRequest', 'identifier', [
    `${waiting.system}|${waiting.value}`,
  ]);
  let raised = 0;
  for (const order of orders) {
    const since = Date.parse(order.meta?.lastUpdated ?? '');
    if (order.status === 'active' && now.getTime() - since >= hours * 3_600_000 && (await raise(gateway, order)))
      raised++;
  }
  return raised;
}

async function raise(gateway: Gateway, order: ServiceRequest): Promise<boolean> {
  const { store, network, world } = gateway;
  const once = `watchdog order-without-task ServiceRequest/${order.id}`;
  if ((await store.done(once)) || (await hasTask(gateway, order))) return false;
  const now = world.now();
  const team = network.directory.service(network.settings.registrationTeam)!;
  const recipient = network.partners.get(team.partner ?? '');
  const sender = network.partners.get(senderOf(network, order) ?? '');
  const id = world.newId();
  const task = escalation({
    id,
    at: now,
    network: network.settings.organization,
    owner: { reference: team.reference, type: 'HealthcareService', display: team.name },
    basis: legalBasis('legal-duty'),
    useCase: 'registration',
    description:
      'Een opdracht is aangemaakt, maar de Task erbij is niet gekomen: niemand is ermee bezig. Neem contact op met de verzender.',
    focus: { reference: `ServiceRequest/${order.id}`, type: 'ServiceRequest' },
    input: sender
      ? [
          {
            type: { text: 'Sender of the order' },
            valueReference: { reference: sender.organization, display: sender.name },
          },
        ]
      : [],
  });
  const traceId = world.newId();
  const committed = await store.commit({
    now,
    once,
    changes: [{ resource: task, expect: 'new', readers: [recipient, sender].flatMap((it) => it?.id ?? []) }],
    dispatches: dispatchesOfOwn(gateway, task, { recipient, kind: 'escalate', traceId }),
    audit: [
      auditEvent({
        id: world.newId(),
        at: now,
        action: 'C',
        interaction: 'watchdog-escalate',
        outcome: 'success',
        codes: ['order-without-task'],
        traceId,
        partner: { id: 'mgn-gateway', name: network.name },
        references: [`ServiceRequest/${order.id}`, `Task/${id}`],
      }),
    ],
  });
  return committed.kind === 'committed';
}

/** The mark of an order is an identifier, which its sender could have written itself. */
const hasTask = async ({ store }: Gateway, { id }: ServiceRequest): Promise<boolean> =>
  (await find<Task>(store, 'Task', 'focus', [`ServiceRequest/${id}`])).length > 0;
