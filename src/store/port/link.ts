import type { MessagePort } from 'node:worker_threads';

/** With what another thread of this process opens the same store: sent to that thread once, with its port. */
export type StoreLink = {
  /** Where the store is: plain data, which only the store reads. */
  readonly address: unknown;
  /** To the thread of the store, which writes. It belongs to the receiver of the link. */
  readonly port: MessagePort;
};
