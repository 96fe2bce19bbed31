import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countReplay, findMessages, type ReplayFilter } from '../../src/operations/index.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { dispatch, message } from '../support/store/samples.ts';

/** Every part of a filter narrows what a replay or a search takes, or is refused: none is ignored. */
let store: Store;
const now = new Date('2026-11-30T12:00:00Z');
const later = new Date(now.getTime() + 60_000);
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  await store.commit({
    now,
    message: message('r', { receivedAt: now, partner: 'gp' }),
    dispatches: [dispatch('d', 'team', { messageId: 'message-r' })],
  });
  await store.retainRefused(
    {
      ...{ id: 'refused', partner: 'gp', requestId: 'q', traceId: 't', receivedAt: now, codes: ['structure'] },
      ...{ contentType: 'application/fhir+json', configuration: 'c', envelope: '{}', body: new Uint8Array([1]) },
    },
    new Date(later.getTime() + 86_400_000),
  );
});
afterEach(() => store.close());

const filters: Required<{ readonly [key in keyof ReplayFilter]: ReplayFilter }> = {
  ids: { ids: ['other'] },
  messages: { messages: ['other'] },
  traces: { traces: ['other'] },
  recipients: { recipients: ['other'] },
  senders: { senders: ['other'] },
  states: { states: ['skipped'] },
  codes: { codes: ['other'] },
  since: { since: later.toISOString() },
  until: { until: now.toISOString() },
};

describe.each(['deliveries', 'refused'] as const)('a replay of %s', (of) => {
  const count = (filter: ReplayFilter) => countReplay(store, { of, filter }, later);
  test('takes one without a filter', async () => expect(await count({})).toMatchObject({ ok: true, value: 1 }));
  test.each(Object.entries(filters))('narrows by %s, or refuses it', async (name, filter) => {
    const counted = await count(filter);
    if (of === 'refused' && ['messages', 'recipients', 'states'].includes(name))
      expect(counted).toMatchObject({ ok: false, issues: [{ rule: 'operations-request-invalid' }] });
    else expect(counted).toMatchObject({ ok: true, value: 0 });
  });
  test.each(['ids', 'messages', 'traces', 'recipients', 'senders', 'states', 'codes'])(
    'an empty list of %s never means all',
    async (name) => {
      const counted = await count({ [name]: [] });
      expect(counted.ok ? counted.value : 0).toBe(0);
    },
  );
});

test.each(
  Object.entries({
    order: 'other',
    sender: 'other',
    receiver: 'other',
    since: later,
    until: now,
    trace: 'other',
    code: 'other',
  }),
)('a search of messages narrows by %s', async (name, value) => {
  const all = await findMessages(store, { count: 10 }, later);
  expect(all).toMatchObject({ ok: true, value: { items: [{}, {}] } });
  const found = await findMessages(store, { count: 10, [name]: value }, later);
  expect(found).toMatchObject({ ok: true, value: { items: [] } });
});

test('a copy that a replay made before copies were marked is none of its filter either', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-copies-'));
  const file = join(folder, 'store.db');
  const filed = await openSqliteStore(file);
  try {
    const d = dispatch('d', 'team', { messageId: 'message-r' });
    await filed.commit({ now, dispatches: [d] });
    const [claim] = await filed.claim({ worker: 'w', now, lease: 10_000, recipients: 1, batch: 1 });
    expect(await filed.complete(claim!, claim!.deliveries[0]!, { at: now, milliseconds: 1 })).toBe(true);
    await filed.release(claim!);
    await filed.addReplay({ name: 'first', state: 'running', content: '{}', createdAt: now }, []);
    const items = [{ source: 'd', outcome: 'sent', copy: { id: 'copy', requestId: 'again' } }];
    await filed.stepReplay('first', { expect: 1, state: 'done', content: '{}', items, now, audit: [] });
    const count = async (filter: ReplayFilter) => {
      const counted = await countReplay(filed, { of: 'deliveries', filter }, later);
      return counted.ok && counted.value;
    };
    expect([await count({}), await count({ ids: ['copy'] })]).toEqual([1, 1]);
    const database = new DatabaseSync(file);
    const marked = database.prepare('select count(*) as n from dispatch where head like \'%"replay":{%\'').get();
    expect(marked?.n).toBe(1);
    database.exec(`update dispatch set head = replace(head, '"replay":{', '"earlier":{')`);
    database.close();
    expect([await count({}), await count({ ids: ['copy'] })]).toEqual([1, 1]);
  } finally {
    await filed.close();
    rmSync(folder, { recursive: true });
  }
});
