import type { Page, ResourceKey } from './resource.ts';

/**
 * A change of the directory. The directory is a log of its own, separate from resources about persons: it is public,
 * records deletions, and is never overwritten.
 */
export type DirectoryChange = ResourceKey & {
  /** The authority for the resource: `network` for the network's own, else the source it was replicated from. */
  readonly source: string;
  /** JSON; absent: deleted. */
  readonly text?: string;
  /** The current version, counting deletions; 0: none yet. */
  readonly expect: number;
};

/** A version in the directory log. `seq` is the order of writing. */
export type DirectoryEntry = Omit<DirectoryChange, 'expect'> & {
  readonly seq: number;
  readonly version: number;
  readonly at: Date;
};

export type DirectoryQuery = {
  readonly type?: string;
  readonly id?: string;
  readonly source?: string;
  /** Written at or after this time. */
  readonly since?: Date;
  /** Written after this entry. */
  readonly after?: number;
  /** Only the latest version of each resource. */
  readonly latest?: boolean;
  readonly cursor?: string;
  readonly count: number;
};

/** The directory (adresboek of the network). */
export type DirectoryLog = {
  /** Entries of the log, in the order of writing. */
  directory(query: DirectoryQuery): Promise<Page<DirectoryEntry>>;
};
