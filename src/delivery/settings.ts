import type { Attempt, AuditEvent, Dispatch, PartnerId, Store } from '../store/port.ts';
import type { World } from '../world.ts';
import type { AttemptResult, RequestRecipient } from './channel/channel.ts';

/** Where and how a partner receives. */
export type Address = {
  /** FHIR base of the partner: transactions are POSTed to it. */
  readonly base: string;
  /** Bearer token for the partner. */
  readonly token?: string;
};

/** How hard and how long delivery tries. Every number can be set; `defaults` is a network on the open internet. */
export type DeliverySettings = {
  /** One attempt, from connecting to the last byte of the answer (ms). */
  readonly timeout: number;
  /** First pause after a failure (ms); doubles with each failure in a row, with full jitter. */
  readonly pause: number;
  /** No pause of our own choice is longer (ms). */
  readonly maximumPause: number;
  /** A Retry-After is honoured up to here (ms): a slip of a receiver may not silence it for a year. */
  readonly maximumRetryAfter: number;
  /**
   * Given up after so many answers 500 to the same dispatch: the receiver is there, but stumbles over this one,
   * and the ones behind it are waiting.
   */
  readonly maximumServerErrors: number;
  /** Given up when a failed dispatch has waited this long (ms). */
  readonly maximumAge: number;
  /** Partners that are delivered to at the same time. */
  readonly concurrency: number;
  /** Dispatches that are claimed at once for one partner. */
  readonly batch: number;
  /** A claim of a worker that died comes back after this long (ms); a living one renews it. */
  readonly lease: number;
  /** Looks for work at least this often (ms), for what other processes have dispatched. */
  readonly poll: number;
  /** The bodies of what was delivered are forgotten after this long (ms); that it was delivered is not. */
  readonly keepBodies: number;
  /** Bytes of an answer that are read; the rest is not needed. */
  readonly maximumAnswer: number;
  /** At `stop`, attempts on their way get this long (ms); then they are cut off and given back. */
  readonly grace: number;
};

export const defaults: DeliverySettings = {
  timeout: 30_000,
  pause: 1_000,
  maximumPause: 15 * 60_000,
  maximumRetryAfter: 60 * 60_000,
  maximumServerErrors: 20,
  maximumAge: 3 * 24 * 60 * 60_000,
  concurrency: 64,
  batch: 32,
  lease: 10_000,
  poll: 1_000,
  keepBodies: 7 * 24 * 60 * 60_000,
  maximumAnswer: 256 * 1024,
  grace: 10_000,
};

/** May it still be sent now? Asked immediately before each attempt: a consent can be withdrawn while a partner is down. */
export type MayStillSend = (
  dispatch: Dispatch,
) => Promise<{ readonly ok: true } | { readonly ok: false; readonly because: string }>;

/** What may be logged about a delivery: no room for content, addresses or tokens. */
export type DeliveryLine = {
  readonly step: 'deliver';
  readonly outcome: Attempt['outcome'] | 'error';
  readonly dispatch?: string;
  readonly recipient?: PartnerId;
  readonly traceId?: string;
  readonly status?: number;
  readonly because?: string;
};

/** The AuditEvents of an attempt; stored in the same transaction as its outcome. */
export type AuditAttempt = (dispatch: Dispatch, attempt: Attempt) => readonly AuditEvent[];

/** What a dispatch does at its recipient that is more than a POST. Carried out anew at each attempt. */
export type ChannelHandler = (dispatch: Dispatch, address: Address, ask: RequestRecipient) => Promise<AttemptResult>;

export type DeliveryOptions = {
  readonly store: Store;
  /** Looked up before each attempt, so that a changed address or token works at once. */
  readonly address: (partner: PartnerId, dispatch: Dispatch) => Address | undefined;
  readonly world: World;
  /** Evenly spread over [0, 1): spreads the retries of many gateways. */
  readonly chance: () => number;
  readonly log: (line: DeliveryLine) => void;
  readonly settings?: Partial<DeliverySettings>;
  readonly mayStillSend?: MayStillSend;
  readonly handlers?: Readonly<Record<Exclude<Dispatch['channel'], 'fhir-rest'>, ChannelHandler>>;
  readonly audit?: AuditAttempt;
};

/** A running worker, as `startDelivery(options)` of delivery/worker.ts gives it. */
export type DeliveryWorker = {
  /** Finishes or cuts off what is on its way, gives claims back. After it nothing is sent any more. */
  stop(): Promise<void>;
  /** Resolves when nothing is waiting: for tests and the demo. */
  idle(): Promise<void>;
};
