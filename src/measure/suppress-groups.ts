import type { Group, OfferGroup } from './counts.ts';
import { type SuppressedGroup, suppress } from './suppress.ts';

/** A group with its small counts hidden, fit for publication. */
export type ReportedGroup = SuppressedGroup | OfferGroup;

export const suppressGroups = (groups: readonly Group[], smallest: number): readonly ReportedGroup[] =>
  groups.map((it) => (it.kind === 'offer' ? it : suppress(it, smallest)));
