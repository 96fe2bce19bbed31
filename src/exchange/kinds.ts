import { minutes } from './consultation/minutes.ts';
import { preparation } from './consultation/preparation.ts';
import { consultation } from './consultation/request.ts';
import { record } from './conversation/conversation-record.ts';
import type { Kind } from './pipeline/kind.ts';
import { referral } from './referral/referral.ts';
import { solicitation } from './transfer/solicitation.ts';

/** The kinds of message that can be taken in; a form of mappings/intake.yaml names one of them. */
export const kinds = { referral, solicitation, record, consultation, preparation, minutes } as const satisfies Record<
  string,
  Kind
>;

export type KindName = keyof typeof kinds;
