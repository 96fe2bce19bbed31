import type { Group, OfferGroup } from './counts.ts';
import { suppress, type ToldGroup } from './suppress.ts';

/** A group as it may be told. */
export type Told = ToldGroup | OfferGroup;

export const tellGroups = (groups: readonly Group[], smallest: number): readonly Told[] =>
  groups.map((it) => (it.kind === 'offer' ? it : suppress(it, smallest)));
