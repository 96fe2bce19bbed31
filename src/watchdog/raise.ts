import { auditEvent } from '../audit/event.ts';
import type { Deadline } from '../deadline/index.ts';
import { transactionOf } from '../delivery/transaction.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { writeJson } from '../fhir/json.ts';
import type { Dispatch } from '../store/port.ts';
import { toldBy } from './audience.ts';
import type { Silent } from './look.ts';
import { escalationTask, notice } from './notice.ts';

/** The name under which a deadline is raised once: by its rule, the Task, and since when it waits. */
export const raisedName = ({ task }: Pick<Silent, 'task'>, { rule, since }: Pick<Deadline, 'rule' | 'since'>): string =>
  `watchdog ${rule.id} Task/${task.id} ${since.getTime()}`;

/**
 * Does what the rule says, once, whichever gateway comes first: the reminder, alert or escalation Task, its delivery and
 * its audit event in one commit. False when it was done before, or when there is nobody to tell.
 */
export async function raise(gateway: Gateway, silent: Silent, deadline: Deadline): Promise<boolean> {
  const { store, network, world } = gateway;
  const once = raisedName(silent, deadline);
  if (await store.done(once)) return false;
  const told = toldBy(network, deadline.rule.to, silent.task);
  if (!told) return false;
  const now = world.now();
  const identity = { id: world.newId(), at: now, network: network.settings.organization };
  const phone = silent.task.owner?.reference && network.directory.service(silent.task.owner.reference)?.phone;
  const resource =
    deadline.rule.does === 'escalate'
      ? escalationTask(silent, deadline, told, { ...identity, ...(phone ? { phone } : {}) })
      : notice(silent, deadline, told, identity);
  const partner = told.partner ? network.partners.get(told.partner) : undefined;
  const traceId = world.newId();
  const dispatch: Dispatch | undefined =
    partner?.channel === 'fhir-rest'
      ? {
          id: world.newId(),
          recipient: partner.id,
          channel: 'fhir-rest',
          kind: deadline.rule.does,
          body: writeJson(transactionOf([resource], { base: network.settings.baseUrl })),
          contentType: 'application/fhir+json',
          requestId: world.newId(),
          traceId,
        }
      : undefined;
  const committed = await store.commit({
    now,
    once,
    changes: [{ resource, expect: 'new', readers: partner ? [partner.id] : [] }],
    dispatches: dispatch ? [dispatch] : [],
    audit: [
      auditEvent({
        id: world.newId(),
        at: now,
        action: 'C',
        interaction: `watchdog-${deadline.rule.does}`,
        outcome: 'success',
        codes: [deadline.rule.id],
        traceId,
        partner: { id: 'mgn-gateway', name: network.name },
        ...(partner ? { recipient: { id: partner.id, name: partner.name } } : {}),
        references: [`Task/${silent.task.id}`, `${resource.resourceType}/${resource.id}`],
      }),
    ],
  });
  return committed.kind === 'committed';
}
