import type { Context } from 'hono';
import { acknowledgement } from '../exchange/acknowledge/hl7v2-ack.ts';
import type { Answer } from '../exchange/pipeline/answer.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isHl7 } from '../exchange/reading/hl7v2.ts';
import { accept } from '../exchange.ts';
import { issue } from '../fhir/issue.ts';
import { success } from '../fhir/result.ts';
import { envelopeOf } from './envelope.ts';
import { forReader } from './reader.ts';
import { replyAnswer } from './reply.ts';
import { statusOf } from './status.ts';

/**
 * POST /intake/{name}: messages that are not FHIR, in the forms of mappings/intake.yaml for that name. A JSON form is
 * answered like any message; HL7 v2 by an acknowledgement, with the HTTP status of the error contract.
 */
export async function acceptIntake(gateway: Gateway, context: Context): Promise<Response> {
  const intake = context.req.param('name') ?? '';
  if (context.req.method !== 'POST' || !gateway.forms.some((it) => it.intake === intake))
    return unsupportedIntake(gateway, context);
  const { baseUrl, limits } = gateway.network.settings;
  const envelope = envelopeOf(context, limits.bodyBytes);
  const hl7 = isHl7(envelope.contentType);
  let body: ReturnType<typeof envelope.readBody> | undefined;
  const readBody = () => (body ??= envelope.readBody());
  const answerable = hl7 ? success(undefined) : envelope.answerable;
  const answer = await accept(gateway, { ...envelope, answerable, intake, target: `POST intake/${intake}`, readBody });
  return (
    (hl7 && body && (await acknowledge(gateway, envelope.contentType ?? '', await body, answer))) ||
    replyAnswer(context, answer, baseUrl)
  );
}

/** Undefined without a message to acknowledge: its sender is unknown, or it has no header. */
function acknowledge(
  { world }: Gateway,
  contentType: string,
  body: Awaited<ReturnType<ReturnType<typeof envelopeOf>['readBody']>>,
  answer: Answer,
): Response | undefined {
  if (!body.ok) return undefined;
  const text = acknowledgement(answer, { contentType, body: body.value, at: world.now(), newId: world.newId });
  if (text === undefined) return undefined;
  const duplicate = answer.kind === 'refused' && answer.issues.some(({ rule }) => rule === 'duplicate');
  return new Response(text, {
    status: answer.kind === 'accepted' || duplicate ? 200 : statusOf(answer.issues),
    headers: { 'Content-Type': 'x-application/hl7-v2+er7; charset=utf-8', 'Cache-Control': 'no-store' },
  });
}

const unsupportedIntake = (gateway: Gateway, context: Context): Promise<Response> =>
  forReader(gateway, context, 'unsupported', async () => {
    const offered = [...new Set(gateway.forms.flatMap(({ intake }) => intake ?? []))];
    const isOffered = offered.includes(context.req.param('name') ?? '');
    const issues = [
      isOffered ? issue('interaction-unsupported', {}) : issue('intake-unknown', { intakes: offered.join(', ') }),
    ];
    return { kind: 'refused', issues };
  });
