import type { MessagePort } from 'node:worker_threads';
import type { AttemptResult } from '../../delivery/channel/channel.ts';
import type {
  Address,
  DeliveryLine,
  DeliverySettings,
  MayStillSend,
  MeasuredAttempt,
} from '../../delivery/settings.ts';
import type { FaultData } from '../../store/fault-data.ts';
import type { Dispatch, StoreLink } from '../../store/port.ts';
import type { LoopDelay } from '../metrics/event-loop.ts';
import type { Standing } from './standing.ts';

/** What the thread of deliveries is opened with. */
export type ThreadData = {
  readonly link: StoreLink;
  readonly standing: Standing;
  /** Each later one is sent here, and counted in `changes`: it is read before the next attempt, and wakes nobody. */
  readonly later: MessagePort;
  readonly changes: SharedArrayBuffer;
  readonly settings?: Partial<DeliverySettings>;
};

/** What only the gateway can answer, with its pipeline and its network. */
export type Question =
  | { readonly kind: 'may still send'; readonly dispatch: Dispatch }
  | { readonly kind: 'handle'; readonly dispatch: Dispatch; readonly address: Address };

export type Answer = Awaited<ReturnType<MayStillSend>> | AttemptResult;

export type ToDelivery =
  /** Without `answer` it failed. */
  | { readonly kind: 'answer'; readonly id: number; readonly answer?: Answer }
  | { readonly kind: 'idle'; readonly id: number }
  | { readonly kind: 'stop' };

export type FromDelivery =
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly fault: FaultData }
  | { readonly kind: 'question'; readonly id: number; readonly question: Question }
  /** The grace is over: requests that are made for questions end. */
  | { readonly kind: 'cut' }
  | News
  /** Of the event loop of the thread, every few seconds. */
  | { readonly kind: 'delay'; readonly delay: LoopDelay }
  | { readonly kind: 'idle'; readonly id: number }
  | { readonly kind: 'stopped' };

/** What happened since the last, together: the other thread is woken once for it. */
export type News = {
  readonly kind: 'news';
  readonly lines: readonly DeliveryLine[];
  readonly measured: readonly MeasuredAttempt[];
  /** Faults of the store. */
  readonly faults: readonly FaultData[];
  /** A dispatch was given up, or one ended that an operator had requeued. */
  readonly watch: boolean;
};
