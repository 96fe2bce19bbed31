import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { receiveNotification } from '../notification/index.ts';
import { envelopeOf } from './envelope.ts';
import { reply, replyAnswer } from './reply.ts';

/** POST /notifications: notifications from a placer that stores its own Tasks. 200 when the notification is stored. */
export async function acceptNotification(gateway: Gateway, context: Context): Promise<Response> {
  const { baseUrl, limits } = gateway.network.settings;
  const answer = await receiveNotification(gateway, envelopeOf(context, limits.bodyBytes));
  return answer.kind === 'refused' ? replyAnswer(context, answer, baseUrl) : reply(context, answer.body, 200);
}
