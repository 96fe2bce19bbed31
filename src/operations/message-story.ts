import type { Receipt } from '../disclosure/receipt.ts';
import type { Attempt, DispatchStatus, Store } from '../store/port.ts';

/** A message from its receipt to its last attempt: ids, codes and times. Never content, nor a name or number of a person. */
export type MessageStory = {
  readonly id: string;
  readonly sender: string;
  readonly receivedAt: Date;
  readonly requestId: string;
  readonly traceId: string;
  /** Digest of the configuration set that decided. */
  readonly configuration: string;
  /** HTTP status of the answer; absent when it was refused. */
  readonly status?: number;
  /** Codes of the refusal. */
  readonly codes: readonly string[];
  /** Names of the steps, in order. */
  readonly steps: readonly string[];
  readonly deliveries: readonly DeliveryStory[];
  /** It has more deliveries than these. */
  readonly isCut: boolean;
};

export type DeliveryStory = {
  readonly id: string;
  readonly receiver: string;
  readonly kind: string;
  readonly state: DispatchStatus['state'] | 'set-aside';
  readonly createdAt: Date;
  readonly because?: string;
  /** `Task/1`. */
  readonly task?: string;
  readonly retryAt?: Date;
  /** The latest ones, oldest first. */
  readonly attempts: readonly Pick<Attempt, 'at' | 'outcome' | 'status' | 'milliseconds' | 'because'>[];
  /** What was decided about its recipient: counts by type, with the reasons. */
  readonly receipts: readonly Pick<Receipt, 'purpose' | 'legalBasis' | 'disclosed' | 'withheld'>[];
};

type Reading = Pick<Store, 'message' | 'refusedMessage' | 'deliveriesOfMessages' | 'attempts'>;

const mostDeliveries = 30;
const mostAttempts = 8;

/** Undefined when there is no such message, or its retention is over. */
export async function messageStory(store: Reading, id: string, now: Date): Promise<MessageStory | undefined> {
  const found = await store.message(id);
  if (!found) return refusedStory(store, id, now);
  const { steps = [], receipts = [] } = JSON.parse(found.messageLog) as {
    readonly steps?: readonly { readonly step: string }[];
    readonly receipts?: readonly Receipt[];
  };
  const all = await store.deliveriesOfMessages([id]);
  const deliveries: DeliveryStory[] = [];
  for (const it of all.slice(0, mostDeliveries)) deliveries.push(await deliveryStory(store, it, receipts));
  const { partner: sender, receivedAt, requestId, traceId, configuration } = found;
  const ids = { id, sender, receivedAt, requestId, traceId, configuration };
  return {
    ...ids,
    status: found.answer.status,
    codes: [],
    steps: steps.map(({ step }) => step),
    deliveries,
    isCut: all.length > deliveries.length,
  };
}

async function refusedStory(store: Reading, id: string, now: Date): Promise<MessageStory | undefined> {
  const found = await store.refusedMessage(id, now);
  if (!found) return undefined;
  const { partner: sender, receivedAt, requestId, traceId, configuration, codes } = found;
  const ids = { id, sender, receivedAt, requestId, traceId, configuration };
  return { ...ids, codes, steps: [], deliveries: [], isCut: false };
}

async function deliveryStory(store: Reading, it: DispatchStatus, receipts: readonly Receipt[]): Promise<DeliveryStory> {
  const attempts = await store.attempts(it.id);
  const task = it.about?.find((name) => name.startsWith('Task/'));
  const own = receipts.filter(({ recipient }) => recipient === it.recipient);
  const ofKind = own.filter(({ purpose }) => purpose === it.kind);
  return {
    id: it.id,
    receiver: it.recipient,
    kind: it.kind,
    state: it.aside ? 'set-aside' : it.state,
    createdAt: it.createdAt,
    // why an operator skipped it is in words: it stays with the dead letters
    ...(it.because === undefined ? {} : { because: it.state === 'skipped' ? 'skipped' : it.because }),
    ...(task ? { task } : {}),
    ...(it.aside ? { retryAt: it.aside.retryAt } : {}),
    attempts: attempts.slice(-mostAttempts).map(({ at, outcome, status, milliseconds, because }) => ({
      at,
      outcome,
      milliseconds,
      ...(status === undefined ? {} : { status }),
      ...(because === undefined ? {} : { because }),
    })),
    receipts: (ofKind.length > 0 ? ofKind : own).map(({ purpose, legalBasis, disclosed, withheld }) => ({
      purpose,
      disclosed,
      withheld,
      ...(legalBasis === undefined ? {} : { legalBasis }),
    })),
  };
}
