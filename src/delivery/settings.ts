import type { AddressRules } from '../outbound/address.ts';
import type { Attempt, AuditEvent, Delivery, Dispatch, PartnerId, Store } from '../store/port.ts';
import type { World } from '../world.ts';
import type { AttemptResult, RequestRecipient } from './channel/channel.ts';
import type { Address, SentChannel } from './channel/destination.ts';

export type { Address } from './channel/destination.ts';

/** Limits and intervals of delivery. All are configurable; `defaults` suit a network on the public internet. */
export type DeliverySettings = {
  /** Timeout of one attempt, from connecting to the last byte of the response (ms). */
  readonly timeout: number;
  /** First pause after a failure (ms); doubles with each consecutive failure, with full jitter. */
  readonly pause: number;
  /** Longest pause without a Retry-After (ms). */
  readonly maximumPause: number;
  /**
   * Pauses after the first, second, ... failure (ms), the last of them from then on; takes the place of `pause` and
   * `maximumPause`.
   */
  readonly schedule?: readonly number[];
  /** Longest Retry-After that is honoured (ms): a mistake of a receiver must not silence it for a year. */
  readonly maximumRetryAfter: number;
  /**
   * Number of failures that may be caused by the dispatch (500, 404, no answer in time) after which another journey is
   * tried. When the receiver answers that one, the dispatch is set aside.
   */
  readonly setAsideAfter: number;
  /** The same for failures that a receiver that is down causes more often (502, 503 without Retry-After). */
  readonly setAsideUnavailableAfter: number;
  /**
   * Number of 500 responses to the same dispatch after which it is dead, once it is set aside: the receiver is
   * available but fails on this one. A receiver that answers 500 to everything is down.
   */
  readonly maximumServerErrors: number;
  /**
   * How long a dispatch is retried that gets 404 or 410 (ms), counted from the first: the address may be wrong, or the
   * server is being deployed. 0: dead at once.
   */
  readonly retryNotFound: number;
  /**
   * Number of dispatches refused for good in a row, after which the receiver pauses as one that fails: it is more
   * likely that it refuses everything than that all of them are wrong.
   */
  readonly maximumRefusals: number;
  /**
   * Refusals and ill-formed answers of a partner in a row after which the gateway holds it, until an operator releases it. Absent:
   * never.
   */
  readonly quarantineAfter?: number;
  /** Age at which a failed dispatch is dead (ms). */
  readonly maximumAge: number;
  /** Number of partners served concurrently. */
  readonly concurrency: number;
  /**
   * Number of journeys of one partner that are sent at the same time; within a journey one dispatch at a time. 1: one
   * dispatch at a time, in the order of the commits.
   */
  readonly lanes: number;
  /** Number of dispatches claimed or read at once for one partner. */
  readonly batch: number;
  /**
   * Number of dispatches of one partner that are sent and not recorded yet, those without an answer included: so many at
   * most are sent again after a kill. Results are recorded in groups, milliseconds after the answer; a partner that answers
   * sooner than that waits for them.
   */
  readonly unrecorded: number;
  /** How long a claim lasts when nothing waits any more (ms), for what is committed meanwhile. */
  readonly linger: number;
  /** Lease of a claim (ms). A running worker renews it; that of a dead worker expires. */
  readonly lease: number;
  /** Poll interval (ms), for dispatches of other processes. */
  readonly poll: number;
  /** Number of bytes read of a response. */
  readonly maximumAnswer: number;
  /** Time for attempts in progress at `stop` (ms); then they are cut off and released. */
  readonly grace: number;
};

export const defaults: DeliverySettings = {
  timeout: 30_000,
  pause: 1_000,
  maximumPause: 15 * 60_000,
  maximumRetryAfter: 60 * 60_000,
  setAsideAfter: 3,
  setAsideUnavailableAfter: 10,
  maximumServerErrors: 20,
  retryNotFound: 24 * 60 * 60_000,
  maximumRefusals: 5,
  maximumAge: 3 * 24 * 60 * 60_000,
  concurrency: 64,
  lanes: 8,
  batch: 64,
  unrecorded: 64,
  linger: 250,
  lease: 10_000,
  poll: 1_000,
  maximumAnswer: 256 * 1024,
  grace: 10_000,
};

/**
 * Whether a dispatch may still be sent. Called immediately before each attempt: consent can be withdrawn while a
 * partner is unavailable.
 */
export type MayStillSend = (
  dispatch: Dispatch & Partial<Pick<Delivery, 'attempts' | 'createdAt'>>,
) => Promise<{ readonly ok: true } | { readonly ok: false; readonly because: string }>;

/** The loggable part of a delivery: no field for content, addresses or tokens. */
export type DeliveryLine = {
  readonly step: 'deliver';
  readonly outcome: Attempt['outcome'] | 'error' | 'quarantined';
  readonly dispatch?: string;
  readonly recipient?: PartnerId;
  readonly traceId?: string;
  readonly status?: number;
  readonly because?: string;
};

/** An attempt in figures, for the metrics. */
export type MeasuredAttempt = {
  readonly recipient: PartnerId;
  readonly outcome: Attempt['outcome'];
  /** The rule of `because`. */
  readonly code?: string;
  readonly milliseconds: number;
  /** From the commit of the dispatch to the end of the attempt. */
  readonly sinceCommit: number;
  /** Of a Subscription: nobody waits for it. */
  readonly isNotification: boolean;
};

/** The AuditEvents of an attempt; stored in the same transaction as its outcome. */
export type AuditAttempt = (dispatch: Dispatch, attempt: Attempt) => readonly AuditEvent[];

/** Handles a dispatch of another channel than a plain POST. Runs in full at each attempt; `cut` interrupts its requests. */
export type ChannelHandler = (
  dispatch: Dispatch & Partial<Pick<Delivery, 'createdAt'>>,
  address: Address,
  ask: RequestRecipient,
  cut: AbortSignal,
) => Promise<AttemptResult>;

export type DeliveryOptions = {
  readonly store: Store;
  /** Called before each attempt, so that a changed address or token takes effect at once. */
  readonly address: (partner: PartnerId, dispatch: Dispatch) => Address | undefined;
  /** Addresses to which it may connect, read at each request. */
  readonly addressRules: () => AddressRules | undefined;
  readonly world: World;
  /** Uniform over [0, 1): spreads the retries of many gateways. */
  readonly chance: () => number;
  readonly log: (line: DeliveryLine) => void;
  readonly measured?: (it: MeasuredAttempt) => void;
  readonly settings?: Partial<DeliverySettings>;
  /** Settings that may change while it runs, for a partner. Read at each attempt; `settings` takes precedence. */
  readonly inForce?: (recipient: PartnerId) => Partial<DeliverySettings>;
  /** Called after a dispatch ended, other than by a retry. */
  readonly onEnded?: (outcome: Exclude<Attempt['outcome'], 'retry'>, delivery: Delivery) => void;
  readonly mayStillSend?: MayStillSend;
  /** End of the maintenance of a partner, when it is in one: nothing is sent to it until then. */
  readonly awayUntil?: (recipient: PartnerId) => Date | undefined;
  readonly handlers?: Readonly<Partial<Record<Exclude<Dispatch['channel'], SentChannel>, ChannelHandler>>>;
  readonly audit?: AuditAttempt;
};

/** A running worker, as returned by `startDelivery(options)` of delivery/worker.ts. */
export type DeliveryWorker = {
  /** Finishes or cuts off attempts in progress and releases all claims. Nothing is sent afterwards. */
  stop(): Promise<void>;
  /** Resolves when no dispatch is waiting, except behind dead letters: for tests and the demo. */
  idle(): Promise<void>;
};
