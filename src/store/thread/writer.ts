import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { faultData } from '../fault-data.ts';
import type { SentTo } from '../port.ts';
import { sentTo } from '../sql/jobs.ts';
import type { FromWriter, Settled, ToClient, ToWriter, WriterAddress } from './protocol.ts';

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

/** A thread that writes here. */
type Client = {
  readonly settle: (it: Settled) => void;
  readonly wake: (to: SentTo) => void;
  readonly flush: () => void;
};

const linked = new Set<Client>();

/** The results of one group wake the other thread once. */
function clientOver(send: (message: ToClient) => void): Client {
  let settled: Settled[] = [];
  let to: Set<string> | 'anyone' = new Set();
  let due = false;
  const flush = () => {
    due = false;
    if (settled.length) send({ kind: 'settled', settled });
    if (to === 'anyone') send({ kind: 'sent', to });
    else if (to.size) send({ kind: 'sent', to: [...to] });
    settled = [];
    to = new Set();
  };
  const soon = () => {
    if (!due) setImmediate(flush);
    due = true;
  };
  return {
    settle: (it) => {
      settled.push(it);
      soon();
    },
    wake: (recipients) => {
      if (recipients === 'anyone') to = recipients;
      else if (to !== 'anyone') for (const it of recipients) to.add(it);
      soon();
    },
    flush,
  };
}

try {
  const { writer, close } = await open(workerData as WriterAddress);
  const take = (client: Client, { jobs }: Extract<ToWriter, { kind: 'jobs' }>) => {
    for (const { id, job, when } of jobs)
      writer.submit(job, when).then(
        (result) => {
          client.settle({ id, result });
          const to = sentTo(job, result);
          if (to.length) for (const other of linked) if (other !== client) other.wake(to);
        },
        (why) => client.settle({ id, fault: faultData(why) }),
      );
  };
  const link = (other: MessagePort) => {
    const client = clientOver((message) => other.postMessage(message));
    linked.add(client);
    other.on('message', (message: ToWriter) => {
      if (message.kind === 'jobs') take(client, message);
    });
    other.on('close', () => linked.delete(client));
  };
  const main = clientOver(send);
  port.on('message', async (message: ToWriter) => {
    if (message.kind === 'jobs') take(main, message);
    if (message.kind === 'link') link(message.port);
    if (message.kind !== 'close') return;
    await writer.close();
    await close();
    main.flush();
    // the other thread ends this one when it has read this: what a thread sends just before it ends may be lost
    send({ kind: 'closed' });
  });
  send({ kind: 'open' });
} catch (why) {
  port.on('message', () => {}); // stays until it is ended
  send({ kind: 'failed', fault: faultData(why) });
}
