import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { at, commit, create, dispatch, task } from '../support/store/samples.ts';

test('two gateways on one file number the events of a Subscription together: no gap, nothing twice', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mgn-events-'));
  const file = join(folder, 'gateway.db');
  const stores = [await openSqliteStore(file), await openSqliteStore(file)] as const;
  const [one, other] = stores;
  const agreement = { topic: 't', filters: [], endpoint: 'https://x.example', content: 'id-only', reason: '' } as const;
  const handshake = dispatch('h', 'team-noord', { kind: 'handshake', subscription: 's' });
  const asked = { id: 's', partner: 'team-noord', agreement, key: 'k', status: 'requested', expect: 'new' } as const;
  await commit(one, { subscriptions: [{ ...asked, handshake: 'h' }], dispatches: [handshake] });
  const [claim] = await other.claim({ worker: 'w', now: at(1), lease: 1_000, recipients: 1, batch: 1 });
  await other.complete(claim!, claim!.deliveries[0]!, { at: at(1), milliseconds: 1 });

  const nobody = { references: [], identifiers: [] };
  const parties = { owner: nobody, requester: nobody };
  const move = (store: Store, id: string) =>
    commit(store, {
      changes: [create(task(id), 'team-noord')],
      announce: {
        base: 'https://gateway.example/fhir',
        announcements: [{ focus: `Task/${id}`, topics: ['t'], parties, cause: {} }],
      },
    });
  await Promise.all(Array.from({ length: 80 }, (_, n) => move(stores[n % 2]!, `t${n}`)));

  const events = await one.subscriptionEvents('s', { since: 1, until: 999, count: 999 });
  expect(events.map(({ number }) => number)).toEqual(Array.from({ length: 80 }, (_, n) => n + 1));
  expect(new Set(events.map(({ focus }) => focus)).size).toBe(80);
  for (const store of stores) await store.close();
  await rm(folder, { recursive: true, force: true });
});
