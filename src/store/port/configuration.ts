/** A file of a configuration set, with the SHA-256 of its text. */
export type ConfigurationFile = { readonly path: string; readonly digest: string; readonly text: string };

/** A set whose files are stored. */
export type StoredConfiguration = { readonly digest: string; readonly addedAt: Date; readonly files: number };

/**
 * When a set came into force. `start`: a gateway started on its folders. `activation`: it was activated for all
 * gateways on this store, which follow the store from then on.
 */
export type ConfigurationUse = {
  /** Counts 1, 2, 3 ... in the order of writing. */
  readonly seq: number;
  readonly digest: string;
  readonly kind: 'start' | 'activation';
  readonly at: Date;
  /** The operator, as recorded in the audit trail. */
  readonly by: string;
};

/** A use written by a commit, provided that `expect` is the last one (0: none). Its set must be stored. */
export type ConfigurationChange = Pick<ConfigurationUse, 'digest' | 'kind' | 'by'> & { readonly expect: number };

/** Configuration sets, identified by content. They are never changed or deleted, so that decisions can be replayed. */
export type Configurations = {
  /** Stores a set; an existing one is left unchanged. */
  addConfiguration(
    set: { readonly digest: string; readonly files: readonly ConfigurationFile[] },
    now: Date,
  ): Promise<void>;
  /** The files of a set, by path. */
  configuration(digest: string): Promise<readonly ConfigurationFile[] | undefined>;
  /** In the order in which they were added. */
  configurations(): Promise<readonly StoredConfiguration[]>;
  /** Latest first. */
  configurationUses(query: {
    readonly kind?: ConfigurationUse['kind'];
    readonly count: number;
  }): Promise<readonly ConfigurationUse[]>;
};
