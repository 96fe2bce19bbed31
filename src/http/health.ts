import type { Context } from 'hono';
import { mayPartner } from '../access/decide/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { ReplicatedSource } from '../routing/index.ts';
import type { Store } from '../store/port.ts';
import type { SeenFaults } from '../store/seen-faults.ts';
import { StoreFault } from '../store/store-fault.ts';
import { remedies, type StoreProblem, storeError } from '../store/store-problem.ts';

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
};

/**
 * `/readyz`: 200 when messages can be accepted (the store is writable and the outbox is below its limit), else 503 with
 * the problem of the store and its remedy. `damagedSince`: a part of the store could not be read; the rest works.
 * Reports the age in seconds of each replicated directory; an old replica does not make the gateway unready. To an
 * operator, with its token, also the counts `waiting` and `dead`, and how many graphs were not validated a second time; of
 * those that were as a sample, `differed` should be 0. To anybody else these numbers would tell what others send.
 */
export async function readiness(
  { store, admission, authenticate, configuration, network, secondValidations, world }: Gateway,
  context: Context,
  { state, seen }: Deviations,
): Promise<Response> {
  const [written, depth] = await Promise.all([
    problemOfWriting(store),
    patiently(store.depth()).catch(() => undefined), // a database that is away is tried for longer
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
  const login = authenticate(context.req.header('authorization'), world.now());
  const isOperator = login.ok && mayPartner(network, login.value, 'count-deliveries', ['operation', 'unread']).decision;
  const isReady = ready && depth !== undefined && waiting <= admission.waiting;
  const body = {
    status: isReady ? 'ready' : 'not-ready',
    store: ready ? 'writable' : 'unavailable',
    ...(ready ? {} : { problem, because: remedies[problem] }),
    ...(damagedAt ? { damagedSince: damagedAt.toISOString(), because: remedies[problem ?? 'damaged'] } : {}),
    ...(isOperator ? counts : {}),
    configuration: { digest: configuration, ...state },
    ...(sources.length > 0 ? { directories: sources.map((it) => ageOf(it, world.now())) } : {}),
  };
  return context.json(body, isReady ? 200 : 503);
}

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
