import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { Received } from '../../exchange/reading/envelope.ts';
import type { RefusedEnvelope } from '../../exchange/sender/retain-refused.ts';
import { acceptAdmitted } from '../../exchange.ts';

/**
 * A refused message, as if its sender sent it again now: by the configuration in force, with the same X-Request-Id, so that
 * a message that was accepted meanwhile is not accepted twice. `sent`, or the code of why not; `unretained` when its term is
 * over.
 */
export async function acceptRefused(gateway: Gateway, id: string): Promise<string> {
  const { world } = gateway;
  const ready = await readyToAccept(gateway, id);
  if (typeof ready === 'string') return ready;
  const { found, partner } = ready;
  const { scopes, digest, ...asked } = JSON.parse(found.envelope) as RefusedEnvelope;
  const { requestId, traceId, contentType } = found;
  const received: Received = {
    partner: { ...partner, ...(scopes ? { scopes } : {}) },
    requestId,
    traceId,
    contentType,
    body: found.body,
    bodyDigest: digest,
    at: world.now(),
    ...asked,
  };
  const refuse = auditRefusal(gateway, { requestId, traceId }, 'accept', 'C', received.partner);
  const answer = await acceptAdmitted(gateway, { traceId }, { received, refuse });
  if (answer.kind === 'accepted') return 'sent';
  const rule = answer.issues.find(({ severity }) => severity === 'error' || severity === 'fatal')?.rule;
  return `refused: ${rule ?? 'unknown'}`;
}

/**
 * What a dry run says of a refused message: why it would not be offered at all, or `not-judged`. Whether it would be accepted
 * is known only by accepting it.
 */
export async function tryRefused(gateway: Gateway, id: string): Promise<string> {
  const ready = await readyToAccept(gateway, id);
  return typeof ready === 'string' ? ready : 'not-judged';
}

async function readyToAccept({ store, network, world }: Gateway, id: string) {
  const found = await store.refusedMessage(id, world.now());
  if (!found?.body) return 'unretained';
  const partner = network.partners.get(found.partner);
  if (!partner) return 'partner-unknown';
  if (await store.messageByRequest(partner.id, found.requestId)) return 'accepted-before';
  return { found: { ...found, body: found.body }, partner };
}
