import type { AuditedInteraction } from '../../audit/event.ts';
import { issue } from '../../fhir/issue.ts';
import { type Envelope, type Received, receive, traces } from '../reading/envelope.ts';
import { identified } from '../reading/hl7v2.ts';
import { type Answer, duplicateAnswer, refused } from './answer.ts';
import { auditRefusal, type Refuse } from './audit-refusal.ts';
import type { Gateway } from './gateway.ts';

/** A message inside the door, with the way to refuse it; or already answered. */
export type Admitted =
  | { readonly kind: 'entered'; readonly received: Received; readonly refuse: Refuse }
  | { readonly kind: 'answered'; readonly answer: Answer };

/** authenticate -> can it be answered? -> receive -> seen before? A body is not read before its sender is known. */
export async function admit(
  gateway: Gateway,
  asSent: Envelope,
  interaction: string,
  action: AuditedInteraction['action'],
): Promise<Admitted> {
  const unknown = auditRefusal(gateway, asSent, interaction, action);
  const who = gateway.authenticate(asSent.authorization, gateway.world.now());
  if (!who.ok) return answered(await unknown(refused(who.issues)));
  const envelope = await identified(asSent, who.value.id);
  const refuse = auditRefusal(gateway, envelope, interaction, action, who.value);
  if (envelope.answerable?.ok === false) return answered(await refuse(refused(envelope.answerable.issues)));
  const ids = traces(envelope, gateway.world);
  if (!ids.ok) return answered(await refuse(refused(ids.issues)));
  const received = await receive(envelope, who.value, ids.value, gateway.world);
  if (!received.ok) return answered(await refuse(refused(received.issues)));
  const earlier = await gateway.store.messageByRequest(who.value.id, ids.value.requestId);
  if (!earlier) return { kind: 'entered', received: received.value, refuse };
  const same = earlier.bodyDigest === received.value.bodyDigest;
  return answered(await refuse(same ? duplicateAnswer(earlier) : refused([issue('request-id-reused', {})])));
}

const answered = (answer: Answer): Admitted => ({ kind: 'answered', answer });
