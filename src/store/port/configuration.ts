/** A file of a configuration set, with the SHA-256 of its text. */
export type ConfigurationFile = { readonly path: string; readonly digest: string; readonly text: string };

/** A set that the store holds the files of. */
export type StoredConfiguration = { readonly digest: string; readonly addedAt: Date; readonly files: number };

/**
 * When a set began to decide. `start`: a gateway started on the folders that it was given. `activation`: it was chosen for
 * all gateways on this store, and from then on they go by the store.
 */
export type ConfigurationUse = {
  /** Counts 1, 2, 3 ... in the order of writing. */
  readonly seq: number;
  readonly digest: string;
  readonly kind: 'start' | 'activation';
  readonly at: Date;
  /** Who did it, as it stands in the audit trail. */
  readonly by: string;
};

/** A use that a commit writes: only while `expect` is the last one (0: there was none). Its set must be known. */
export type ConfigurationChange = Pick<ConfigurationUse, 'digest' | 'kind' | 'by'> & { readonly expect: number };

/** What decides, named by its content; nothing of it is ever changed or forgotten, so that what was decided can be replayed. */
export type Configurations = {
  /** Keeps a set; one that is known stays as it is. */
  addConfiguration(
    set: { readonly digest: string; readonly files: readonly ConfigurationFile[] },
    now: Date,
  ): Promise<void>;
  /** The files of a set, by path. */
  configuration(digest: string): Promise<readonly ConfigurationFile[] | undefined>;
  /** In the order in which they were added. */
  configurations(): Promise<readonly StoredConfiguration[]>;
  /** The last ones first. */
  configurationUses(query: {
    readonly kind?: ConfigurationUse['kind'];
    readonly count: number;
  }): Promise<readonly ConfigurationUse[]>;
};
