import { createHash } from 'node:crypto';
import type { Network, Partner } from '../directory/index.ts';
import { type Answer, refused } from '../exchange/pipeline/answer.ts';
import { auditRefusal } from '../exchange/pipeline/audit-refusal.ts';
import { commit } from '../exchange/pipeline/commit.ts';
import { type Gateway, retryAfterSeconds } from '../exchange/pipeline/gateway.ts';
import type { Envelope, Received } from '../exchange/reading/envelope.ts';
import { issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { World } from '../world.ts';
import { zaakOf } from './notice.ts';
import type { CallbackSecrets } from './secrets.ts';

/** Partners that work with cases, with their settings. */
export const municipalitiesOf = ({ partners }: Pick<Network, 'partners'>) =>
  [...partners.values()].flatMap((partner) =>
    partner.destination?.kind === 'zgw' ? [{ partner, settings: partner.destination }] : [],
  );

/**
 * Receives a notification of a municipality. It is answered once the read that it leads to is stored: reading is a
 * delivery, so it survives a restart and a municipality that is away. It moves nothing by itself, so that a repeated or
 * forged one has no effect.
 */
export async function receiveZgwNotification(
  gateway: Gateway,
  envelope: Envelope,
  { id, secrets }: { readonly id: string; readonly secrets: CallbackSecrets },
): Promise<Answer> {
  const { network, world, admission } = gateway;
  const found = municipalitiesOf(network).find(({ partner }) => partner.id === id);
  const isKnown = secrets.isOf(id, envelope.authorization ?? '');
  const partner = isKnown ? found?.partner : undefined;
  const refuse = auditRefusal(gateway, envelope, 'zgw-notify', 'C', partner);
  if (!found || !partner) return refuse(refused([issue('login-unknown', {})]));
  if (await admission.isOverloaded()) return refuse(refused([issue('overloaded', { seconds: retryAfterSeconds })]));
  const body = await envelope.readBody();
  if (!body.ok) return refuse(refused(body.issues));
  const zaak = zaakOf(found.settings, Buffer.from(body.value).toString());
  if (!zaak.ok) return refuse(refused(zaak.issues));
  if (zaak.value === undefined) return { ...noted, kind: 'accepted' };
  const read = { zaak: zaak.value };
  const received = requestOf(partner, world, { body: body.value, contentType: 'application/json' });
  const kept = await commit(gateway, received, {
    ...noted,
    interaction: 'zgw-notify',
    action: 'C',
    changes: [],
    // a journey of its own: one that fails holds up no other
    dispatches: ({ messageId, correlationId }) => [
      {
        id: world.newId(),
        recipient: partner.id,
        channel: 'zgw-status',
        kind: 'zgw-status',
        body: JSON.stringify(read),
        contentType: 'application/json',
        requestId: world.newId(),
        traceId: received.traceId,
        ...(messageId ? { messageId } : {}),
        ...(correlationId ? { correlationId } : {}),
      },
    ],
    codes: [],
  });
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

const noted = {
  body: operationOutcome([issue('notification-received', {})]),
  location: '',
  version: 1,
  steps: [],
} as const;

/** A request on behalf of the municipality, although the gateway makes it. */
export function requestOf(
  partner: Partner,
  { now, newId }: Pick<World, 'now' | 'newId'>,
  {
    body,
    contentType,
    traceId = newId(),
    correlationId,
  }: {
    readonly body: Uint8Array;
    readonly contentType: string;
    readonly traceId?: string;
    readonly correlationId?: string;
  },
): Received {
  return {
    requestId: newId(),
    traceId,
    ...(correlationId ? { correlationId } : {}),
    partner,
    contentType,
    body,
    bodyDigest: createHash('sha256').update(body).digest('hex'),
    at: now(),
    since: performance.now(),
  };
}
