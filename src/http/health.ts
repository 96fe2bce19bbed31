import type { Context } from 'hono';
import { mayPartner } from '../access/decide/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { ReplicatedSource } from '../routing/index.ts';
import type { Store } from '../store/port.ts';
import type { SeenFaults } from '../store/seen-faults.ts';
import { StoreFault } from '../store/store-fault.ts';
import { remedies, type StoreProblem, storeError } from '../store/store-problem.ts';
import { type CertificateState, certificateReport } from './certificates.ts';
import { envelopeOf } from './envelope.ts';

/** Deviations from the activated configuration set; empty when there are none. */
export type ConfigurationState = {
  /** The activated set, when it does not compile or lacks a secret here: the previous one stays in force. */
  readonly refused?: string | undefined;
  /** The folders that this gateway was started with contain another set than the activated one. */
  readonly folders?: 'other' | undefined;
};

/** Milliseconds that the store gets to write; a probe rarely waits longer. */
const patience = 4_000;

export type Deviations = {
  readonly state: ConfigurationState;
  readonly seen?: Pick<SeenFaults, 'damagedAt' | 'unwritable'> | undefined;
  readonly certificates?: CertificateState | undefined;
  /** Requests are refused because answers would be late. */
  readonly isBusy?: boolean;
};

/** Why a gateway is not ready, with the remedy: one line each for whoever runs it. */
const reasons = {
  busy: 'Answers would be late, so requests are refused with 503 until they are not. Look at mgn_event_loop_delay_seconds; a load balancer sends to another gateway meanwhile.',
  'outbox-full':
    'Too many deliveries wait, so messages are refused with 503. Look which partner does not take them in: mgn_outbox_waiting, or mgn dead-letters.',
  'outbox-unknown': 'The store does not say how many deliveries wait. Look at the store.',
} as const;

/**
 * `/readyz`: 200 when messages can be accepted (the store is writable, the outbox is below its limit, and answers are in
 * time), else 503 with `reasons`: each a code and its remedy. `problem` and `because` are those of the store. `damagedSince`: a part of the store could not be read; the rest works.
 * Announces certificates that end soon; the gateway stays ready.
 * Reports the age in seconds of each replicated directory; an old replica does not make the gateway unready. To an
 * operator, with its token, also the counts `waiting` and `dead`, and how many graphs were not validated a second time; of
 * those that were as a sample, `differed` should be 0. To anybody else these numbers would tell what others send.
 */
export async function readiness(
  { store, admission, authenticate, configuration, network, secondValidations, world }: Gateway,
  context: Context,
  { state, seen, certificates, isBusy = false }: Deviations,
): Promise<Response> {
  const [written, depth, isOverloaded] = await Promise.all([
    problemOfWriting(store),
    patiently(store.depth()).catch(() => undefined), // a database that is away is tried for longer
    // also when no message comes, since a gateway that is not ready gets none
    patiently(admission.isOverloaded()).catch(() => false),
  ]);
  const problem = written ?? seen?.unwritable();
  const damagedAt = seen?.damagedAt();
  const ready = problem === undefined;
  const waiting = depth?.waiting ?? 0;
  const counts = {
    waiting,
    dead: depth?.dead ?? 0,
    ...(secondValidations ? { secondValidations } : {}),
  };
  const { sources } = network.directory;
  // the store may be away, which proofs of possession are looked up in
  const login = await authenticate(envelopeOf(context, 0), world.now()).catch(() => undefined);
  const isOperator =
    login?.ok && mayPartner(network, login.value, 'count-deliveries', ['operation', 'unread']).decision;
  const isFull = ready && depth !== undefined && isOverloaded;
  const notReady = [
    ...(ready ? [] : [{ code: `store-${problem}`, because: remedies[problem] }]),
    ...(isFull ? [reasonOf('outbox-full')] : []),
    ...(ready && depth === undefined ? [reasonOf('outbox-unknown')] : []),
    ...(isBusy ? [reasonOf('busy')] : []),
  ];
  const isReady = notReady.length === 0;
  const body = {
    status: isReady ? 'ready' : 'not-ready',
    ...(isReady ? {} : { reasons: notReady }),
    store: ready ? 'writable' : 'unavailable',
    ...(ready ? {} : { problem, because: remedies[problem] }),
    ...(damagedAt ? { damagedSince: damagedAt.toISOString(), because: remedies[problem ?? 'damaged'] } : {}),
    ...(isOperator ? counts : {}),
    configuration: { digest: configuration, ...state },
    ...(certificates ? certificateReport(certificates, world.now()) : {}),
    ...(sources.length > 0 ? { directories: sources.map((it) => ageOf(it, world.now())) } : {}),
  };
  return context.json(body, isReady ? 200 : 503);
}

const reasonOf = (code: keyof typeof reasons) => ({ code, because: reasons[code] });

async function problemOfWriting(store: Store): Promise<StoreProblem | undefined> {
  try {
    return (await patiently(store.ready())) ? undefined : 'unknown';
  } catch (fault) {
    return (fault instanceof StoreFault ? fault : new StoreFault(fault)).problem;
  }
}

async function patiently<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(storeError('ERR_STORE_SLOW', 'The store does not answer.')), patience);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

const ageOf = ({ source, heardAt }: ReplicatedSource, now: Date) => ({
  source,
  ...(heardAt ? { heardAt, ageSeconds: Math.round((now.getTime() - Date.parse(heardAt)) / 1_000) } : {}),
});
