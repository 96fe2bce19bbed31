import { mgnNaming } from '../../fhir/canonical.ts';
import type { AuditEvent, Message, Store } from '../../store/port.ts';

/** Selects recorded messages: the latest ones, or those received since a time. */
export type Selection = { readonly last: string; readonly since?: string };

export async function* latest(store: Store, { last, since }: Selection): AsyncGenerator<Message> {
  const most = Number(last);
  const from = since === undefined ? undefined : new Date(since);
  if (!Number.isInteger(most) || most < 1) throw new Error('--last: use a number of messages, such as 1000.');
  if (from && Number.isNaN(from.getTime())) throw new Error('--since: use a date or a time, such as 2026-11-01.');
  let left = most;
  for (let cursor: string | undefined; left > 0; ) {
    const page = await store.messages({ latestFirst: true, count: Math.min(left, 100), ...(cursor ? { cursor } : {}) });
    for (const it of page.items) {
      if (from && it.receivedAt < from) return;
      left -= 1;
      yield it;
    }
    if (!page.next) return;
    cursor = page.next;
  }
}

/** Messages by id, or by the id of an order in them (`ServiceRequest/...`). Throws for an id that does not exist. */
export async function* named(store: Store, ids: readonly string[]): AsyncGenerator<Message> {
  for (const id of ids) {
    const found = await (id.startsWith('ServiceRequest/') ? messageOf(store, id) : store.message(id));
    if (!found)
      throw new Error(`There is no message ${id.startsWith('ServiceRequest/') ? 'of ' : ''}${id} in this store.`);
    yield found;
  }
}

/** The audit trail connects a resource with its request. */
async function messageOf(store: Store, order: string): Promise<Message | undefined> {
  const { items } = await store.audit({ entity: order, count: 1 });
  const { agent, entity = [] } = JSON.parse(items[0]?.text ?? '{"agent":[]}') as AuditEvent;
  const partner = agent.find(({ requestor }) => requestor)?.who?.identifier?.value;
  const request = entity.find(({ what }) => what?.identifier?.system === mgnNaming('request-id'))?.what?.identifier
    ?.value;
  return partner && request ? store.messageByRequest(partner, request) : undefined;
}
