import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { type CallbackSecrets, receiveZgwNotification } from '../zgw/index.ts';
import { envelopeOf } from './envelope.ts';
import { replyAnswer } from './reply.ts';

/** A notification names resources: one of more bytes is none. */
const maximumBytes = 64 * 1024;

const none: CallbackSecrets = { headerOf: () => undefined, isOf: () => false };

/** POST /zgw/[partner]/notifications: callback of the Notificaties API of a municipality. 204 when what it leads to is stored. */
export async function acceptZgwNotification(
  gateway: Gateway,
  context: Context,
  secrets: CallbackSecrets = none,
): Promise<Response> {
  const id = context.req.param('partner') ?? '';
  const answer = await receiveZgwNotification(gateway, envelopeOf(context, maximumBytes), { id, secrets });
  return answer.kind === 'refused'
    ? replyAnswer(context, answer, gateway.network.settings.baseUrl)
    : context.body(null, 204);
}
