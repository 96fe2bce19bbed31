import type { DecisionContext } from '../exchange/pipeline/gateway.ts';
import type { PipelineOutcome } from '../exchange/pipeline/step.ts';
import type { Prepared } from '../exchange/prepared.ts';
import type { Received } from '../exchange/reading/envelope.ts';
import { consider } from '../exchange.ts';
import type { Decision } from '../routing/index.ts';
import type { Message } from '../store/port.ts';
import type { PastMemory } from './memory.ts';

/** A message as it came in, of those that a set decides about, and what was decided. */
export type Recorded = Message & {
  readonly asked: Pick<Received, 'intake' | 'asMessage' | 'pulled'>;
  readonly decisions: readonly Exclude<Decision, { readonly kind: 'refused' }>[];
};

/** Undefined for moves of Tasks and other requests: what became of them hung on the state of things more than on the set. */
export function recordedIn(message: Message): Recorded | undefined {
  const { interaction, intake, asMessage, pulled, decisions, steps } = JSON.parse(message.record) as {
    readonly interaction?: string;
    readonly intake?: string;
    readonly asMessage?: boolean;
    readonly pulled?: Received['pulled'];
    readonly decisions?: Recorded['decisions'];
    readonly steps?: readonly { readonly step: string }[];
  };
  // records of before the interaction was told in them
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

/** Decides about it again, at a moment of then; undefined where its sender is no partner of this network. */
export async function decideAgain(
  deciding: DecisionContext,
  memory: PastMemory,
  { asked, ...message }: Recorded,
  moment: Date = message.receivedAt,
): Promise<PipelineOutcome<Prepared> | undefined> {
  const { requestId, traceId, contentType, body, bodyDigest, receivedAt: at } = message;
  const partner = deciding.network.partners.get(message.partner);
  if (!partner) return undefined;
  const received: Received = { partner, requestId, traceId, contentType, body, bodyDigest, at, ...asked };
  return consider({ ...deciding, world: { ...deciding.world, now: () => moment } }, memory, received);
}
