import { auditEvent } from '../audit/event.ts';
import type { Deadline } from '../deadline/index.ts';
import { dispatchesOfOwn } from '../exchange/disclose/dispatch.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { addresseeOf } from './addressee.ts';
import { escalationTask, notice } from './notice.ts';
import type { SilentTask } from './silent-tasks.ts';

/** The name under which a deadline is raised once: rule, Task and start of the term. */
export const raisedName = (
  { task }: Pick<SilentTask, 'task'>,
  { rule, since }: Pick<Deadline, 'rule' | 'since'>,
): string => `watchdog ${rule.id} Task/${task.id} ${since.getTime()}`;

/**
 * Executes the action of the rule, once across all gateways: the reminder, alert or escalation Task, its delivery and
 * its audit event in one commit. False when it was raised before, or has no addressee.
 */
export async function raise(gateway: Gateway, silent: SilentTask, deadline: Deadline): Promise<boolean> {
  const { store, network, world } = gateway;
  const once = raisedName(silent, deadline);
  if (await store.done(once)) return false;
  const addressee = addresseeOf(network, deadline.rule.to, silent.task);
  if (!addressee) return false;
  const now = world.now();
  const identity = { id: world.newId(), at: now, network: network.settings.organization };
  const phone = silent.task.owner?.reference && network.directory.service(silent.task.owner.reference)?.phone;
  const resource =
    deadline.rule.does === 'escalate'
      ? escalationTask(silent, deadline, addressee, { ...identity, ...(phone ? { phone } : {}) })
      : notice(silent, deadline, addressee, identity);
  const partner = addressee.partner ? network.partners.get(addressee.partner) : undefined;
  const traceId = world.newId();
  const committed = await store.commit({
    now,
    once,
    changes: [{ resource, expect: 'new', readers: partner ? [partner.id] : [] }],
    dispatches: dispatchesOfOwn(gateway, resource, { recipient: partner, kind: deadline.rule.does, traceId }),
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
