import { once } from 'node:events';
import { MessageChannel, type ResourceLimits, Worker } from 'node:worker_threads';
import { isSent } from '../../delivery/channel/destination.ts';
import { openFhirRest } from '../../delivery/channel/fhir-rest.ts';
import { type DeliveryOptions, type DeliverySettings, type DeliveryWorker, defaults } from '../../delivery/settings.ts';
import type { AddressRules } from '../../outbound/address.ts';
import { faultFrom } from '../../store/fault-data.ts';
import type { StoreLink } from '../../store/port.ts';
import { StoreFault } from '../../store/store-fault.ts';
import { inSpan } from '../../tracing/index.ts';
import type { LoopDelay } from '../metrics/event-loop.ts';
import { world } from '../world.ts';
import type { Answer, FromDelivery, Question, ThreadData, ToDelivery } from './protocol.ts';
import type { Standing } from './standing.ts';

export type DeliveryThreadOptions = Pick<DeliveryOptions, 'log' | 'measured' | 'mayStillSend' | 'handlers'> & {
  readonly link: StoreLink;
  readonly standing: Standing;
  readonly settings?: Partial<DeliverySettings>;
  /** Called when a dispatch was given up, or one ended that an operator had requeued. */
  readonly watch?: () => void;
  readonly storeFailed?: (fault: StoreFault) => void;
  /** How late its event loop is, every few seconds. */
  readonly delayed?: (delay: LoopDelay) => void;
  /** Called once, when the thread ends by itself: the process must end, since nothing is delivered any more. */
  readonly died: (why: Error) => void;
  readonly resourceLimits?: ResourceLimits;
};

export type DeliveryThread = DeliveryWorker & {
  /** What is in force from now on: before the next attempt. */
  readonly change: (standing: Standing) => void;
};

// TypeScript from source, JavaScript in the package.
const entry = new URL(`./thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);

/**
 * Delivers the outbox in a thread of its own, which reads the store by a connection of its own and writes over `link`. What
 * only the gateway can judge or do is asked here. Throws when the store cannot be opened there.
 */
export async function openDeliveryThread(options: DeliveryThreadOptions): Promise<DeliveryThread> {
  const { link, standing, settings, log, measured, delayed, watch, storeFailed, died, resourceLimits } = options;
  const { port1: changed, port2: later } = new MessageChannel();
  changed.unref();
  const changes = new SharedArrayBuffer(4);
  const data: ThreadData = { link, standing, later, changes, ...(settings ? { settings } : {}) };
  const thread = new Worker(entry, {
    workerData: data,
    transferList: [link.port, later],
    name: 'delivery',
    ...(resourceLimits ? { resourceLimits } : {}),
  });
  const send = (message: ToDelivery) => thread.postMessage(message);
  let current = standing;
  const answer = answering(options, () => current.addressRules);
  const idlers = new Map<number, () => void>();
  let last = 0;
  let isOpen = false;
  let isStopping = false;
  const stopped = Promise.withResolvers<void>();

  const ended = new Promise<never>((_, reject) => {
    thread.once('error', (why: NodeJS.ErrnoException) => reject(endedBy(why.code ?? why.name)));
    thread.once('exit', (code) => reject(endedBy(`exit code ${code}`)));
  });
  ended.catch((why: Error) => {
    stopped.resolve();
    if (isOpen) died(why);
  });
  const opened = once(thread, 'message') as Promise<[FromDelivery]>;
  opened.catch(() => {}); // the thread failed before it opened: `ended` says so too
  const [first] = await Promise.race([opened, ended]);
  if (first.kind === 'failed') {
    await thread.terminate();
    throw faultFrom(first.fault);
  }
  isOpen = true;
  thread.on('message', (message: FromDelivery) => {
    switch (message.kind) {
      case 'news':
        for (const line of message.lines) log(line);
        for (const it of message.measured) measured?.(it);
        for (const fault of message.faults) storeFailed?.(new StoreFault(faultFrom(fault)));
        if (message.watch) watch?.();
        return;
      case 'delay':
        delayed?.(message.delay);
        return;
      case 'question':
        answer.to(message.question).then(
          (it) => send({ kind: 'answer', id: message.id, answer: it }),
          () => send({ kind: 'answer', id: message.id }),
        );
        return;
      case 'cut':
        answer.cut();
        return;
      case 'idle':
        idlers.get(message.id)?.();
        idlers.delete(message.id);
        return;
      case 'stopped':
        isOpen = false;
        stopped.resolve();
    }
  });

  const stop = async () => {
    isStopping = true;
    send({ kind: 'stop' });
    await stopped.promise;
    await thread.terminate();
    changed.close();
    await answer.close();
    for (const resolve of idlers.values()) resolve();
    idlers.clear();
  };
  let stopping: Promise<void> | undefined;
  return {
    change: (next) => {
      if (isStopping) return;
      current = next;
      changed.postMessage(next);
      Atomics.add(new Int32Array(changes), 0, 1);
    },
    idle: () =>
      new Promise((resolve) => {
        if (isStopping) return resolve();
        const id = ++last;
        idlers.set(id, resolve);
        send({ kind: 'idle', id });
      }),
    stop: () => (stopping ??= stop()),
  };
}

/** What the thread asks of the gateway. `cut` interrupts requests that are made for it here. */
function answering({ mayStillSend, handlers, settings }: DeliveryThreadOptions, rules: () => AddressRules) {
  const cut = new AbortController();
  const channel = openFhirRest({ ...defaults, ...settings }, rules);
  return {
    to: async (question: Question): Promise<Answer> => {
      const { dispatch } = question;
      if (question.kind === 'may still send') return mayStillSend ? mayStillSend(dispatch) : { ok: true };
      const handler = isSent(dispatch.channel) ? undefined : handlers?.[dispatch.channel];
      if (!handler) return { kind: 'retry', reason: { rule: 'delivery-undecided' } };
      const { address } = question;
      const { signal } = cut;
      const ask = channel.requesting(dispatch, address, world.now, signal);
      return inSpan(`handle ${dispatch.channel}`, { parent: dispatch.traceparent }, () =>
        handler(dispatch, address, ask, signal),
      );
    },
    cut: () => cut.abort(),
    close: () => channel.close(),
  };
}

const endedBy = (what: string): Error => new Error(`The thread of deliveries ended: ${what}.`);
