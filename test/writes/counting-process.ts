/**
 * What accepting and delivering a message writes, counted in a process of its own: `FILE PROFILE`. Messages are
 * committed eight at a time and delivered sixteen at a time, whatever the machine does meanwhile, so that the counts of
 * two runs differ by the chance of ids only.
 */

import { randomUUID } from 'node:crypto';
import { accept } from '../../src/exchange.ts';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, run } from '../../src/main.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { bodies } from '../bench/bodies.ts';
import { type Counters, counters } from '../bench/gateway/counters.ts';
import { deliverAll } from '../bench/gateway/fill.ts';

/** Per message. */
export type Counted = { readonly statements: number; readonly kilobytes: number; readonly writeCalls: number };

const [file = '', profile = ''] = process.argv.slice(2);
const [groups, together] = [40, 8];

const configured = await openConfiguration({ network: demoNetwork });
if (!configured.ok) throw new Error(JSON.stringify(configured.issues));
// in one thread: the calls by which two threads wake each other depend on how busy the machine is
const store = await openSqliteStore(file, { thread: 'none' });
const gateway = await run(configured.value, byGroups(store), { port: 0, log: silent });
const [body] = bodies([profile]);
await sendGroup();
const before = counters();
for (let group = 0; group < groups; group++) {
  await sendGroup();
  if (group % 2) await deliverAll(store);
}
await gateway.stop(); // writes the log back into the file
process.send?.(per(groups * together, before, counters()));
process.disconnect?.();

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

function per(messages: number, from: Counters, to: Counters): Counted {
  const each = (of: (it: Counters) => number) => (of(to) - of(from)) / messages;
  return {
    statements: each((it) => it.statements),
    kilobytes: each((it) => it.written / 1024),
    writeCalls: each((it) => it.writeCalls),
  };
}
