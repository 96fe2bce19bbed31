import { mayPartner } from '../../access/decide/index.ts';
import type { Caller } from '../../access/index.ts';
import { type AuditLine, auditOfOrder, auditTrail, type OrderStatus, orderStatus } from '../../tracker/index.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/** A finding about an order, without the text that it is about. */
export type OrderFinding = Pick<
  AuditLine,
  'at' | 'interaction' | 'outcome' | 'step' | 'codes' | 'partner' | 'recipient'
>;

/**
 * The envelope of an order: to an operator whole, to anybody else who may read the order its own Tasks and deliveries. Undefined when
 * nothing of it may be seen, or there is none.
 */
export async function orderEnvelope(gateway: Gateway, caller: Caller, id: string): Promise<OrderStatus | undefined> {
  const view = await viewOf(gateway, caller, 'see-envelope', id);
  if (!view) return undefined;
  const only = view === 'envelope' ? undefined : caller.id;
  const [status] = await orderStatus(gateway.store, `ServiceRequest/${id}`, only);
  if (!status || only === undefined) return status;
  const { sender, ...rest } = status;
  return { ...rest, ...(sender === only ? { sender } : {}), traces: [] };
}

/** What was refused or failed about an order, likewise: to an operator all of it, to others what they sent or received themselves. */
export async function orderFindings(
  gateway: Gateway,
  caller: Caller,
  id: string,
): Promise<readonly OrderFinding[] | undefined> {
  const view = await viewOf(gateway, caller, 'see-issues', id);
  const among = view ? await auditOfOrder(gateway.store, `ServiceRequest/${id}`) : undefined;
  if (!among) return undefined;
  const found: OrderFinding[] = [];
  for await (const line of auditTrail(gateway.store, { among })) {
    const { at, interaction, outcome, step, codes, partner, recipient } = line;
    const isOwn = caller.id === partner || caller.id === recipient;
    if (codes.length === 0 || (view !== 'envelope' && !isOwn)) continue;
    const parties = { ...(partner ? { partner } : {}), ...(recipient ? { recipient } : {}) };
    found.push({ at, interaction, outcome, ...(step ? { step } : {}), codes, ...parties });
  }
  return found;
}

/** How much of the order is shown; undefined when nothing of it is. */
async function viewOf({ store, network }: Gateway, caller: Caller, action: 'see-envelope' | 'see-issues', id: string) {
  const isReadable = (await store.read('ServiceRequest', id, caller.id)) !== undefined;
  const decided = mayPartner(network, caller, action, ['record', isReadable ? 'disclosed' : 'none']);
  return decided.decision ? decided.context.view : undefined;
}
