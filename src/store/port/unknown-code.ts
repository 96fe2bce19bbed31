import type { Page } from './resource.ts';

/** A code of a message that a table of a map did not know. It is a value of the message: never log it. */
export type UnknownCodeSeen = {
  /** Canonical of the map that asked. */
  readonly map: string;
  readonly table: string;
  readonly system?: string;
  readonly code: string;
  /** What the table says of what it does not know: kept as text, or put in a person's queue. */
  readonly handling: 'text' | 'queue';
};

/** The same code of the same table, over all messages that carried it. */
export type UnknownCode = UnknownCodeSeen & {
  /** How many messages carried it. */
  readonly count: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** The last messages that carried it, newest first: as many as a person looks at. */
  readonly messages: readonly string[];
};

/** The codes that no table knew, as they were told by the commits of messages. */
export type UnknownCodes = {
  /** In the order in which they were first seen. */
  unknownCodes(query: { readonly cursor?: string; readonly count: number }): Promise<Page<UnknownCode>>;
};
