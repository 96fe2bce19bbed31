/**
 * A process of its own that commits to a store until it is killed, and says each request id after its promise resolved.
 *   node test/support/store/writing-process.ts FILE NAME
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { auditEvent, create, dispatch, message, task } from './samples.ts';

const [file = '', name = ''] = process.argv.slice(2);
const store = await openSqliteStore(file, { busyTimeout: 10_000 });

async function commitForever(lane: number): Promise<never> {
  for (let n = 0; ; n++) {
    const id = `${name}-${lane}-${n}`;
    const committed = await store.commit({
      now: new Date(),
      message: message(id),
      changes: [create(task(id), 'team-noord')],
      dispatches: [dispatch(id)],
      audit: [auditEvent(id, { requestId: id })],
    });
    if (committed.kind !== 'committed') throw new Error(committed.kind);
    writeSync(1, `${id}\n`);
  }
}

for (let lane = 0; lane < 20; lane++) commitForever(lane);
