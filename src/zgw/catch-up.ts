import type { Task } from '@medplum/fhirtypes';
import type { Partner } from '../directory/index.ts';
import { readAt } from '../exchange/memory/memory.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { parseJson } from '../fhir/json.ts';
import { isType } from '../fhir/resource.ts';
import type { Dispatch } from '../store/port.ts';
import { verbOf } from '../vocabulary/task-verb.ts';

const open: readonly string[] = ['requested', 'received', 'accepted', 'in-progress', 'on-hold'];
const pageSize = 200;

/**
 * Reads the zaken of all open requests of a municipality, for what notifications missed. Once per `bucket` across all
 * gateways. Returns the number of reads that it queued.
 */
export async function catchUp(gateway: Gateway, partner: Partner, bucket: string): Promise<number> {
  const { store, network, world } = gateway;
  const owners = network.directory.services.filter((it) => it.partner === partner.id).map(({ reference }) => reference);
  if (owners.length === 0) return 0;
  let count = 0;
  let cursor: string | undefined;
  do {
    const query = {
      criteria: [
        { name: 'owner', values: owners },
        { name: 'status', values: open },
      ],
      sort: '_lastUpdated',
      count: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const page = await store.search('Task', query);
    if (page.kind !== 'found') throw new Error('the store cannot search Task by owner and status');
    for (const { text } of page.resources) {
      const task = parseJson(text) as Task & { readonly id: string };
      const number = task.focus?.reference?.split('/')[1];
      if (verbOf(task) !== 'fulfill' || !number) continue;
      const order = await readAt(store, `ServiceRequest/${number}`);
      if (!isType(order, 'ServiceRequest')) continue;
      const dispatch: Dispatch = {
        id: world.newId(),
        recipient: partner.id,
        channel: 'zgw-status',
        kind: 'zgw-status',
        body: JSON.stringify({ number }),
        contentType: 'application/json',
        requestId: world.newId(),
        traceId: world.newId(),
      };
      const done = await store.commit({
        now: world.now(),
        once: `zgw-catch-up ${task.id} ${bucket}`,
        changes: [],
        dispatches: [dispatch],
        audit: [],
      });
      if (done.kind === 'committed') count += 1;
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return count;
}
