import type { DispatchFilter, ReplayState, Store, StoredReplay } from '../../store/port.ts';

/**
 * What a replay sends again. `deliveries`: what was sent, or was to be sent. `refused`: messages that were refused, as if their
 * senders sent them again now.
 */
export type ReplayOf = 'deliveries' | 'refused';

/**
 * `ran`: the body as it was made then, by the configuration of that time. `now`: made anew from what is stored, by the
 * configuration in force. Both send nothing that may not be disclosed now.
 */
export type ReplayAs = 'ran' | 'now';

/** Which ones; times as ISO instants. What is stated must all hold. */
export type ReplayFilter = Omit<DispatchFilter, 'since' | 'until'> & {
  readonly since?: string;
  readonly until?: string;
};

/** What is stored of a replay beside its state. */
export type ReplayContent = {
  readonly of: ReplayOf;
  readonly as: ReplayAs;
  /** Nothing is sent: the counts say what would be. */
  readonly dryRun: boolean;
  readonly filter: ReplayFilter;
  readonly reason: string;
  readonly by: string;
  /** How many there were at the start. */
  readonly total: number;
  /** Up to where it has come. */
  readonly cursor?: string;
};

/** A replay as its operator follows it. `counts`: how many had each outcome. */
export type Replay = Omit<ReplayContent, 'cursor'> & {
  readonly name: string;
  readonly state: ReplayState;
  readonly createdAt: Date;
  readonly done: number;
  readonly counts: Readonly<Record<string, number>>;
};

export const contentOf = ({ content }: Pick<StoredReplay, 'content'>): ReplayContent =>
  JSON.parse(content) as ReplayContent;

/** The filter for the store. Never later than the start of the replay: what it sends is not sent again. */
export function storeFilter({ since, until, ...it }: ReplayFilter, createdAt: Date): DispatchFilter {
  const end = until === undefined ? createdAt.getTime() : Math.min(Date.parse(until), createdAt.getTime());
  return { ...it, ...(since === undefined ? {} : { since: new Date(since) }), until: new Date(end) };
}

export async function replayOf(store: Pick<Store, 'replayCounts'>, stored: StoredReplay): Promise<Replay> {
  const { cursor: _, ...content } = contentOf(stored);
  const counts = await store.replayCounts(stored.name);
  const done = Object.values(counts).reduce((sum, it) => sum + it, 0);
  const { name, state, createdAt } = stored;
  return { ...content, name, state, createdAt, done, counts };
}
