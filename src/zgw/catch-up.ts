import type { Task } from '@medplum/fhirtypes';
import type { Partner } from '../directory/index.ts';
import { readAt } from '../exchange/memory/memory.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { parseJson } from '../fhir/json.ts';
import { isType } from '../fhir/resource.ts';
import type { Dispatch } from '../store/port.ts';
import { verbOf } from '../vocabulary/task-verb.ts';

const open: readonly string[] = ['requested', 'received', 'accepted', 'in-progress', 'on-hold'];
const pageSize = 50;

/**
 * Reads the zaken of all open requests of a municipality, for what notifications missed. Once per `bucket` across all
 * gateways, a page of them together: a delivery for each would be as many rows each time. Returns the number of requests to be read.
 */
export async function catchUp(gateway: Gateway, partner: Partner, bucket: string): Promise<number> {
  const { store, network, world } = gateway;
  const owners = network.directory.services.filter((it) => it.partner === partner.id).map(({ reference }) => reference);
  if (owners.length === 0) return 0;
  let count = 0;
  let pages = 0;
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
    const numbers: string[] = [];
    for (const { text } of page.resources) {
      const task = parseJson(text) as Task;
      const number = task.focus?.reference?.split('/')[1];
      if (verbOf(task) !== 'fulfill' || !number) continue;
      const order = await readAt(store, `ServiceRequest/${number}`);
      if (isType(order, 'ServiceRequest')) numbers.push(number);
    }
    if (numbers.length) {
      const dispatch: Dispatch = {
        id: world.newId(),
        recipient: partner.id,
        channel: 'zgw-status',
        kind: 'zgw-status',
        body: JSON.stringify({ numbers }),
        contentType: 'application/json',
        requestId: world.newId(),
        traceId: world.newId(),
      };
      const once = `zgw-catch-up ${partner.id} ${bucket} ${pages}`;
      const done = await store.commit({ now: world.now(), once, dispatches: [dispatch] });
      if (done.kind === 'committed') count += numbers.length;
    }
    pages += 1;
    cursor = page.next;
  } while (cursor !== undefined);
  return count;
}
