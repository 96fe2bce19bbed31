/**
 * What accepting and delivering a message writes, counted in a process of its own: `FILE PROFILE`. Messages are
 * committed in groups of eight and of sixteen, whatever the machine does meanwhile, so that the counts of two runs differ by
 * the chance of ids only.
 */

import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { accept } from '../../src/exchange.ts';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, run } from '../../src/main.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { bodies } from '../bench/bodies.ts';
import { type Counters, counters } from '../bench/gateway/counters.ts';
import { deliverAll } from '../bench/gateway/fill.ts';

/** Per message, in groups of so many. */
export type Counted = {
  readonly together: number;
  readonly statements: number;
  readonly kilobytes: number;
  readonly writeCalls: number;
};

const [file = '', profile = ''] = process.argv.slice(2);
const sizes = [8, 16];
const messages = 320;
let together = 0;

const configured = await openConfiguration({ network: demoNetwork });
if (!configured.ok) throw new Error(JSON.stringify(configured.issues));
// in one thread: the calls by which two threads wake each other depend on how busy the machine is
const store = await openSqliteStore(file, { thread: 'none' });
const gateway = await run(configured.value, byGroups(store), { port: 0, log: silent });
const [body] = bodies([profile]);
const checkpoint = new DatabaseSync(file);
const counted: Counted[] = [];
for (const size of sizes) {
  together = size;
  await sendGroup();
  await deliverAll(store);
  writeBack();
  const before = counters();
  for (let sent = size; sent <= messages; sent += size) {
    await sendGroup();
    if (sent % 16 === 0) await deliverAll(store);
  }
  writeBack();
  counted.push({ together, ...per(messages, before, counters()) });
}
checkpoint.close();
await gateway.stop();
process.send?.(counted);
process.disconnect?.();

/** From the log into the file, which is part of what a message writes. */
function writeBack(): void {
  checkpoint.prepare('pragma wal_checkpoint(truncate)').all();
}

/** Commits wait for each other; the worker of the gateway gets nothing to deliver. */
function byGroups(it: Store): Store {
  let waiting: (() => void)[] = [];
  return {
    ...it,
    claim: async () => [],
    // nor does the watchdog run, which on a busy machine would find overdue Tasks among those stored before
    lease: async () => false,
    commit: async (commit) => {
      if (commit.message)
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length < together) return;
          for (const go of waiting) go();
          waiting = [];
        });
      return it.commit(commit);
    },
  };
}

async function sendGroup(): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: together }, () => {
      const bytes = Buffer.from(body!.next());
      return accept(gateway.gateway, {
        authorization: 'Bearer demo-gp-de-linde',
        requestId: randomUUID(),
        contentType: 'application/fhir+json',
        readBody: async () => ({ ok: true, value: bytes, issues: [] }),
      });
    }),
  );
  const refused = answers.find(({ kind }) => kind !== 'accepted');
  if (refused) throw new Error(JSON.stringify(refused.body));
}

function per(messages: number, from: Counters, to: Counters): Omit<Counted, 'together'> {
  const each = (of: (it: Counters) => number) => (of(to) - of(from)) / messages;
  return {
    statements: each((it) => it.statements),
    kilobytes: each((it) => it.written / 1024),
    writeCalls: each((it) => it.writeCalls),
  };
}
