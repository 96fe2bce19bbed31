import type { Task } from '@medplum/fhirtypes';
import { auditEvent } from '../../audit/event.ts';
import { ownerOf } from '../../exchange/memory/actors.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { parseJson } from '../../fhir/json.ts';
import type { DispatchStatus, Store, StoredResource } from '../../store/port.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import { deliveryFailed } from '../../workflow/index.ts';
import { gatewayItself, isForOwner, newVersion } from './raise.ts';

type StoredTask = Task & { readonly id: string };

const saysFailed = ({ businessStatus }: Task): boolean => hasOwnCode(businessStatus, 'business-status', deliveryFailed);

/**
 * Gives a Task back the business status that it had before its delivery failed, once everything about it has reached its
 * owner. What an operator skipped has not: then the business status stays. Returns whether it did.
 */
export async function restore(gateway: Gateway, stored: StoredResource): Promise<boolean> {
  const { store, network, world } = gateway;
  const task = parseJson(stored.text) as StoredTask;
  const owner = ownerOf(network, task);
  if (!owner || !saysFailed(task)) return false;
  const letters = (await lettersAbout(store, task, owner)).filter((it) => isForOwner(gateway, it, task));
  const [last] = letters.filter(({ state }) => state === 'delivered').slice(-1);
  if (!last || letters.some(({ state }) => !['delivered', 'withdrawn'].includes(state))) return false;
  const { businessStatus: _, ...rest } = task;
  const before = await businessStatusBefore(store, task.id);
  const now = world.now();
  const after = { ...rest, ...(before ? { businessStatus: before } : {}) };
  const committed = await store.commit({
    now,
    ...newVersion(gateway, { before: task, after, letter: last, at: now }),
    audit: [
      auditEvent({
        id: world.newId(),
        at: now,
        action: 'U',
        interaction: 'delivery-restored',
        outcome: 'success',
        codes: [],
        traceId: last.traceId,
        partner: { id: gatewayItself, name: network.name },
        recipient: { id: owner, name: network.partners.get(owner)?.name ?? owner },
        references: [`Task/${task.id}`],
      }),
    ],
  });
  return committed.kind === 'committed';
}

async function lettersAbout(store: Store, { id }: StoredTask, recipient: string): Promise<readonly DispatchStatus[]> {
  const found: DispatchStatus[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.dispatches({ task: `Task/${id}`, recipient, count: 200, ...(cursor ? { cursor } : {}) });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return found;
}

/** Of the latest version that did not report the failure. */
async function businessStatusBefore(store: Store, id: string): Promise<Task['businessStatus']> {
  const versions = (await store.history('Task', id)).map(({ text }) => parseJson(text) as Task);
  return versions.find((it) => !saysFailed(it))?.businessStatus;
}
