import type { Page } from './resource.ts';

/** A code in a message that a table of a map does not contain. It is content of the message: never log it. */
export type UnknownCodeSeen = {
  /** Canonical of the map that looked it up. */
  readonly map: string;
  readonly table: string;
  readonly system?: string;
  readonly code: string;
  /** The table's handling of unknown codes: kept as text, or queued for a person. */
  readonly handling: 'text' | 'queue';
};

/** The same code of the same table, over all messages with it. */
export type UnknownCode = UnknownCodeSeen & {
  /** Number of messages with it. */
  readonly count: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** The latest messages with it, newest first, up to a small number. */
  readonly messages: readonly string[];
};

/** Codes that no table contains, as recorded by commits of messages. */
export type UnknownCodes = {
  /** In the order in which they were first seen. */
  unknownCodes(query: { readonly cursor?: string; readonly count: number }): Promise<Page<UnknownCode>>;
};
