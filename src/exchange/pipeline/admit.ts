import type { AuditedInteraction } from '../../audit/event.ts';
import { issue } from '../../fhir/issue.ts';
import { actingIssues } from '../reading/acting.ts';
import { type Envelope, type Received, receive, traces } from '../reading/envelope.ts';
import { withRequestId } from '../reading/request-id.ts';
import { type Answer, duplicateAnswer, refused } from './answer.ts';
import { auditRefusal, type Refuse } from './audit-refusal.ts';
import type { Gateway } from './gateway.ts';

/** An admitted message with the function that refuses it, or the answer to a message that was not admitted. */
export type Admitted =
  | { readonly kind: 'admitted'; readonly received: Received; readonly refuse: Refuse }
  | { readonly kind: 'answered'; readonly answer: Answer };

/** authenticate -> acceptable format? -> receive -> duplicate? Only an authenticated sender's body is read. */
export async function admit(
  gateway: Gateway,
  asSent: Envelope,
  interaction: string,
  action: AuditedInteraction['action'],
): Promise<Admitted> {
  const refuseUnknown = auditRefusal(gateway, asSent, interaction, action);
  const authenticated = await gateway.authenticate(asSent, gateway.world.now());
  if (!authenticated.ok) return answered(await refuseUnknown(refused(authenticated.issues)));
  const forbidden = actingIssues(gateway.network, authenticated.value);
  const refuseAtOnce = auditRefusal(gateway, asSent, interaction, action, authenticated.value);
  if (forbidden.length) return answered(await refuseAtOnce(refused(forbidden)));
  const named = await withRequestId(asSent, authenticated.value, gateway.network.settings.limits);
  const envelope = named.ok ? named.value : asSent;
  const refuse = auditRefusal(gateway, envelope, interaction, action, authenticated.value);
  if (envelope.answerable?.ok === false) return answered(await refuse(refused(envelope.answerable.issues)));
  if (!named.ok) return answered(await refuse(refused(named.issues)));
  const ids = traces(envelope, gateway.world);
  if (!ids.ok) return answered(await refuse(refused(ids.issues)));
  const received = await receive(envelope, authenticated.value, ids.value, gateway.world);
  if (!received.ok) return answered(await refuse(refused(received.issues)));
  const earlier = await gateway.store.messageByRequest(authenticated.value.id, ids.value.requestId);
  if (!earlier) return { kind: 'admitted', received: received.value, refuse };
  const same = earlier.bodyDigest === received.value.bodyDigest;
  const answer = same
    ? await duplicateAnswer(gateway, authenticated.value, earlier)
    : refused([issue('request-id-reused', {})]);
  return answered(await refuse(answer));
}

const answered = (answer: Answer): Admitted => ({ kind: 'answered', answer });
