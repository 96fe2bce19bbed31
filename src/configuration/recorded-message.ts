import type { DecisionContext } from '../exchange/pipeline/gateway.ts';
import type { PipelineOutcome } from '../exchange/pipeline/step.ts';
import type { Prepared } from '../exchange/prepared.ts';
import type { Received } from '../exchange/reading/envelope.ts';
import { consider } from '../exchange.ts';
import type { Decision } from '../routing/index.ts';
import type { Message } from '../store/port.ts';
import type { PastMemory } from './past-memory.ts';

/** A recorded message that is decided by the configuration, with its decisions. */
export type RecordedMessage = Message & {
  readonly asked: Pick<Received, 'intake' | 'asMessage' | 'pulled'>;
  readonly decisions: readonly Exclude<Decision, { readonly kind: 'refused' }>[];
};

/**
 * Undefined for moves of Tasks and other requests: their outcome depends on the state of the store more than on the
 * set.
 */
export function recordedMessageOf(message: Message): RecordedMessage | undefined {
  const { interaction, intake, asMessage, pulled, decisions, steps } = JSON.parse(message.messageLog) as {
    readonly interaction?: string;
    readonly intake?: string;
    readonly asMessage?: boolean;
    readonly pulled?: Received['pulled'];
    readonly decisions?: RecordedMessage['decisions'];
    readonly steps?: readonly { readonly step: string }[];
  };
  // logs written before they contained the interaction
  const isAccepted =
    interaction === undefined ? steps?.some(({ step }) => step === 'recognise') : interaction === 'accept';
  if (!isAccepted) return undefined;
  const asked = {
    ...(intake ? { intake } : {}),
    ...(asMessage ? { asMessage } : {}),
    ...(pulled ? { pulled } : {}),
  };
  return { ...message, asked, decisions: decisions ?? [] };
}

/**
 * Decides about a recorded message again, at a past moment; undefined when its sender is not a partner of this network.
 */
export async function decideAgain(
  deciding: DecisionContext,
  memory: PastMemory,
  { asked, ...message }: RecordedMessage,
  moment: Date = message.receivedAt,
): Promise<PipelineOutcome<Prepared> | undefined> {
  const { requestId, traceId, contentType, body, bodyDigest, receivedAt: at } = message;
  const partner = deciding.network.partners.get(message.partner);
  if (!partner) return undefined;
  const received: Received = { partner, requestId, traceId, contentType, body, bodyDigest, at, ...asked };
  // it was accepted, so a consent source that was asked permitted; it is not asked again
  const consentSource = { ...deciding.consentSource, ask: async () => 'permit' as const };
  return consider({ ...deciding, consentSource, world: { ...deciding.world, now: () => moment } }, memory, received);
}
