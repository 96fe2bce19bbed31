import { minutes } from './consultation/minutes.ts';
import { preparation } from './consultation/preparation.ts';
import { consultation } from './consultation/request.ts';
import { conversationRecord } from './conversation/conversation-record.ts';
import type { MessageKind } from './pipeline/kind.ts';
import { referral } from './referral/referral.ts';
import { invitation, solicitation } from './transfer/solicitation.ts';

/**
 * The kinds of message that the gateway accepts, one line each; `kind` of a form in mappings/intake.yaml is one of
 * them.
 */
const all: readonly MessageKind[] = [
  referral, //
  solicitation,
  invitation,
  conversationRecord,
  consultation,
  preparation,
  minutes,
];

export const kinds: ReadonlyMap<string, MessageKind> = new Map(all.map((it) => [it.name, it]));

export const kindNames: readonly string[] = [...kinds.keys()];
