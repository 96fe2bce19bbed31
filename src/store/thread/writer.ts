import { parentPort, workerData } from 'node:worker_threads';
import { faultData } from '../fault-data.ts';
import type { FromWriter, Settled, ToWriter, WriterAddress } from './protocol.ts';

/** The thread of the store: the only writer. */

/** Milliseconds. */
const gather = 3;

// the one driver is not loaded for the other
const open = async (address: WriterAddress) =>
  address.kind === 'sqlite'
    ? (await import('../sqlite/open-writer.ts')).openSqliteWriter({ ...address, gather })
    : (await import('../postgres/open-writer.ts')).openPostgresWriter({
        ...address,
        notify: false,
        readers: 1,
        gather,
      });

const port = parentPort!;
const send = (message: FromWriter) => port.postMessage(message);

let settled: Settled[] = [];
// the results of one group wake the other thread once
const settle = (it: Settled) => {
  if (settled.push(it) > 1) return;
  setImmediate(() => {
    send({ kind: 'settled', settled });
    settled = [];
  });
};

try {
  const { writer, close } = await open(workerData as WriterAddress);
  port.on('message', async (message: ToWriter) => {
    if (message.kind === 'close') {
      await writer.close();
      await close();
      if (settled.length) send({ kind: 'settled', settled });
      // the other thread ends this one when it has read this: what a thread sends just before it ends may be lost
      send({ kind: 'closed' });
      return;
    }
    for (const { id, job, when } of message.jobs)
      writer.submit(job, when).then(
        (result) => settle({ id, result }),
        (why) => settle({ id, fault: faultData(why) }),
      );
  });
  send({ kind: 'open' });
} catch (why) {
  port.on('message', () => {}); // stays until it is ended
  send({ kind: 'failed', fault: faultData(why) });
}
