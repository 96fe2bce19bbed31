import type { MessagePort } from 'node:worker_threads';
import type { FaultData } from '../fault-data.ts';
import type { SentTo } from '../port.ts';
import type { PostgresWriterOptions } from '../postgres/open-writer.ts';
import type { Job, JobResult } from '../sql/jobs.ts';
import type { KeyRing } from '../sql/vault/ring.ts';

/** What the thread of the store is opened with: plain data. */
export type WriterAddress =
  | {
      readonly kind: 'sqlite';
      readonly file: string;
      readonly busyTimeout: number;
      readonly secret?: string;
      readonly ring?: KeyRing;
    }
  | ({ readonly kind: 'postgres' } & Omit<PostgresWriterOptions, 'Client' | 'newId' | 'steps'>);

/** From any thread that writes to the store. */
export type Jobs = {
  readonly kind: 'jobs';
  readonly jobs: readonly { readonly id: number; readonly job: Job; readonly when: 'now' | 'soon' }[];
};

export type ToWriter =
  | Jobs
  /** Another thread writes over this port. */
  | { readonly kind: 'link'; readonly port: MessagePort }
  | { readonly kind: 'close' };

export type Settled =
  | { readonly id: number; readonly result: JobResult }
  | { readonly id: number; readonly fault: FaultData };

/** To any thread that writes to the store. */
export type ToClient =
  | { readonly kind: 'settled'; readonly settled: readonly Settled[] }
  /** Another thread put something in the outbox. */
  | { readonly kind: 'sent'; readonly to: SentTo };

export type FromWriter =
  | ToClient
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly fault: FaultData }
  | { readonly kind: 'closed' };
