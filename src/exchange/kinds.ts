import type { Kind } from './kind.ts';
import { record } from './record.ts';
import { referral } from './referral.ts';
import { solicitation } from './solicitation.ts';

/** The kinds of message that can be taken in; a form of mappings/intake.yaml names one of them. */
export const kinds = { referral, solicitation, record } as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
