/** Entry point of the thread of deliveries. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { isConditional } from '../../delivery/conditional.ts';
import type { ChannelHandler, DeliveryLine, DeliveryWorker, MeasuredAttempt } from '../../delivery/settings.ts';
import { startDelivery } from '../../delivery/worker.ts';
import { type FaultData, faultData } from '../../store/fault-data.ts';
import { withStoreFaults } from '../../store/store-fault.ts';
import { openLinkedStore } from '../../store/thread/linked.ts';
import { currentTraceparent } from '../../tracing/index.ts';
import { watchEventLoop } from '../metrics/event-loop.ts';
import { world } from '../world.ts';
import type { Answer, FromDelivery, Question, ThreadData, ToDelivery } from './protocol.ts';
import { deliveringBy, type Standing } from './standing.ts';

/** Milliseconds that a line of the log may wait for others. */
const newsEvery = 20;
/** Milliseconds between two reports on the event loop. */
const delayEvery = 5_000;

const { link, later, changes, settings, ...given } = workerData as ThreadData;
const port = parentPort!;
const send = (message: FromDelivery) => port.postMessage(message);

const counter = new Int32Array(changes);
let { standing } = given;
let seen = 0;
/** As it is at this moment in the thread that changes it. */
const current = (): Standing => {
  const count = Atomics.load(counter, 0);
  if (count === seen) return standing;
  seen = count;
  for (;;) {
    const next = receiveMessageOnPort(later) as { readonly message: Standing } | undefined;
    if (!next) return standing;
    standing = next.message;
  }
};

const questions = new Map<number, { readonly resolve: (it: Answer) => void; readonly reject: (why: Error) => void }>();
let lastQuestion = 0;
const ask = <T extends Answer>(question: Question): Promise<T> =>
  new Promise<Answer>((resolve, reject) => {
    const id = ++lastQuestion;
    questions.set(id, { resolve, reject });
    send({ kind: 'question', id, question });
  }) as Promise<T>;

let lines: DeliveryLine[] = [];
let measured: MeasuredAttempt[] = [];
let faults: FaultData[] = [];
let watch = false;
let due: NodeJS.Timeout | undefined;
const tell = () => {
  clearTimeout(due);
  due = undefined;
  if (lines.length || faults.length || watch) send({ kind: 'news', lines, measured, faults, watch });
  [lines, measured, faults, watch] = [[], [], [], false];
};
const tellSoon = () => {
  due ??= setTimeout(tell, newsEvery);
};

const handler: ChannelHandler = async (dispatch, address, _, cut) => {
  const interrupt = () => send({ kind: 'cut' });
  cut.addEventListener('abort', interrupt);
  try {
    // the gateway goes on in the span of this attempt
    const traceparent = currentTraceparent();
    return await ask({ kind: 'handle', dispatch: { ...dispatch, ...(traceparent ? { traceparent } : {}) }, address });
  } finally {
    cut.removeEventListener('abort', interrupt);
  }
};

const start = async (): Promise<DeliveryWorker> => {
  const store = withStoreFaults(await openLinkedStore(link), ({ cause }) => {
    faults.push(faultData(cause));
    tellSoon();
  });
  const { stop, idle } = startDelivery({
    store,
    world,
    chance: Math.random,
    ...deliveringBy(current, world),
    mayStillSend: async (dispatch) =>
      isConditional(dispatch, { now: world.now(), asksOutside: current().asksOutside === true })
        ? ask({ kind: 'may still send', dispatch })
        : { ok: true },
    handlers: {
      'fhir-pull': handler,
      'fhir-placer': handler,
      'zgw-status': handler,
    },
    onEnded: (outcome, { createdAt, queuedAt }) => {
      if (outcome !== 'dead' && queuedAt <= createdAt) return;
      watch = true;
      tellSoon();
    },
    log: (line) => {
      lines.push(line);
      tellSoon();
    },
    // its line, which it comes with, is what wakes the gateway
    measured: (it) => measured.push(it),
    ...(settings ? { settings } : {}),
  });
  const loop = watchEventLoop();
  const reporting = setInterval(() => send({ kind: 'delay', delay: loop.read() }), delayEvery);
  return {
    idle,
    stop: async () => {
      clearInterval(reporting);
      loop.stop();
      await stop();
      await store.close();
    },
  };
};

try {
  const delivery = await start();
  port.on('message', async (message: ToDelivery) => {
    switch (message.kind) {
      case 'answer': {
        const question = questions.get(message.id);
        questions.delete(message.id);
        if (message.answer) question?.resolve(message.answer);
        else question?.reject(new Error('The gateway could not answer.'));
        return;
      }
      case 'idle':
        await delivery.idle();
        tell();
        send({ kind: 'idle', id: message.id });
        return;
      case 'stop':
        await delivery.stop();
        tell();
        send({ kind: 'stopped' });
    }
  });
  send({ kind: 'open' });
} catch (why) {
  port.on('message', () => {}); // stays until it is ended
  send({ kind: 'failed', fault: faultData(why) });
}
