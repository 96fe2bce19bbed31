import type { FaultData } from '../fault-data.ts';
import type { PostgresWriterOptions } from '../postgres/open-writer.ts';
import type { Job, JobResult } from '../sql/jobs.ts';

/** What the thread of the store is opened with: plain data. */
export type WriterAddress =
  | { readonly kind: 'sqlite'; readonly file: string; readonly busyTimeout: number; readonly secret?: string }
  | ({ readonly kind: 'postgres' } & Omit<PostgresWriterOptions, 'Client' | 'newId' | 'steps'>);

export type ToWriter =
  | {
      readonly kind: 'jobs';
      readonly jobs: readonly { readonly id: number; readonly job: Job; readonly when: 'now' | 'soon' }[];
    }
  | { readonly kind: 'close' };

export type Settled =
  | { readonly id: number; readonly result: JobResult }
  | { readonly id: number; readonly fault: FaultData };

export type FromWriter =
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly fault: FaultData }
  | { readonly kind: 'settled'; readonly settled: readonly Settled[] }
  | { readonly kind: 'closed' };
