import type { Page, ResourceKey } from './resource.ts';

/**
 * A change of the directory. The directory is a log of its own, apart from the resources about persons: everybody may read
 * it, deletions are told in it, and nothing in it is ever overwritten.
 */
export type DirectoryChange = ResourceKey & {
  /** Who has authority over it: `network` for the network's own, else the source that it was replicated from. */
  readonly source: string;
  /** JSON; absent: it is gone. */
  readonly text?: string;
  /** The version that is current, deletions counted; 0: there has never been one. */
  readonly expect: number;
};

/** A version in the directory's log. `seq` is the order of writing. */
export type DirectoryEntry = Omit<DirectoryChange, 'expect'> & {
  readonly seq: number;
  readonly version: number;
  readonly at: Date;
};

export type DirectoryQuery = {
  readonly type?: string;
  readonly id?: string;
  readonly source?: string;
  /** Written at this time or later. */
  readonly since?: Date;
  /** Written after this entry. */
  readonly after?: number;
  /** Only the last version of each resource. */
  readonly latest?: boolean;
  readonly cursor?: string;
  readonly count: number;
};

/** The directory. */
export type DirectoryLog = {
  /** The log of the directory, in the order of writing. */
  directory(query: DirectoryQuery): Promise<Page<DirectoryEntry>>;
};
