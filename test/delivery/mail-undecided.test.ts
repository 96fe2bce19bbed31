import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { deadLetters } from '../../src/delivery/operator/dead-letters.ts';
import { failures, findMessages } from '../../src/operations/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mails, rigs } from '../support/delivery/channel-rigs.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { dispatch, message } from '../support/store/samples.ts';

/** A mail that was sent whole and not answered: no mail server can be asked whether it has it. */
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function mailTo(server: string | undefined, lostAnswer?: 'resend' | 'decide') {
  const rig = await rigs.mail();
  closing.push(() => rig.close());
  const store = await openSqliteStore(':memory:');
  closing.push(() => store.close());
  const { destination } = rig.address;
  if (destination?.kind !== 'mail') throw new Error('no mail');
  const to = { ...destination, ...(server ? { server } : {}), ...(lostAnswer ? { lostAnswer } : {}) };
  const worker = deliverTo(
    store,
    {},
    {
      address: () => ({ ...rig.address, destination: to }),
      addressRules: () => ({ plainHttp: new Set(), named: [], loopback: true }),
      settings: { timeout: 300, pause: 20, maximumPause: 20 },
    },
  );
  closing.push(() => worker.stop());
  await store.commit({
    now: new Date(),
    dispatches: [dispatch('m1', 'wijkteam', { channel: 'mail', about: ['Task/1'], traceId: 't' })],
  });
  return { rig, store, worker };
}

test('by default the same mail is sent again, with the same Message-ID', async () => {
  const { rig, store, worker } = await mailTo(undefined);
  const before = mails.length;
  await rig.conduct('lost');
  await until(() => worker.lines.some(({ because }) => because === 'mail-undecided'));
  await rig.conduct('store');
  await worker.idle();
  expect((await store.dispatch('m1'))?.state).toBe('delivered');
  const ids = mails.slice(before).map((text) => /^Message-ID: (.*)$/im.exec(text)?.[1]);
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids)).toEqual(new Set(['<m1@region.example>']));
});

test('with lost-answer: decide it is sent once, and an operator decides', async () => {
  const { rig, store, worker } = await mailTo(undefined, 'decide');
  const before = mails.length;
  await rig.conduct('lost');
  await until(async () => (await store.dispatch('m1'))?.state === 'dead');
  await worker.idle();
  expect(mails.length).toBe(before + 1);
  expect((await deadLetters(store, { count: 9 })).items).toMatchObject([{ id: 'm1', because: 'mail-undecided' }]);
  expect(await failures(store)).toMatchObject([{ cause: 'mail-undecided', dead: 1 }]);
  await rig.conduct('store');
  expect(await store.requeue('m1', new Date())).toBe(true);
  await worker.idle();
  expect((await store.dispatch('m1'))?.state).toBe('delivered');
  expect(mails.length).toBe(before + 2);
});

test('a server that ends before it has the whole mail leaves nothing undecided', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.write('220 hi\r\n');
    socket.on('data', (part) => {
      const said = part.toString();
      if (/^DATA/i.test(said)) socket.destroy();
      else socket.write('250 ok\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => void server.close());
  const { store, worker } = await mailTo(`smtp://127.0.0.1:${(server.address() as { port: number }).port}`, 'decide');
  await until(() => worker.lines.length > 1);
  expect(worker.lines.every(({ because }) => because?.startsWith('receiver-disconnected'))).toBe(true);
  expect((await store.dispatch('m1'))?.state).toBe('waiting');
  await worker.stop();
});

test('a delivery whose question cannot be answered is tried again, and set aside when others arrive: listed, released or ended', async () => {
  const store = await openSqliteStore(':memory:');
  closing.push(() => store.close());
  const rig = await rigs['fhir-rest']();
  closing.push(() => rig.close());
  let isAnswered = false;
  const worker = deliverTo(
    store,
    {},
    {
      address: () => rig.address,
      mayStillSend: async ({ id }) => {
        if (id.startsWith('u') && !isAnswered) throw new Error('no answer');
        return { ok: true };
      },
      settings: { setAsideUnavailableAfter: 2, lanes: 1 },
    },
  );
  closing.push(() => worker.stop());
  for (const id of ['u1', 'u2', 'ok'])
    await store.commit({
      now: new Date(),
      message: message(id),
      dispatches: [dispatch(id, 'a', { traceId: id, messageId: `message-${id}` })],
    });
  await until(async () => (await failures(store))[0]?.aside === 2);
  expect(await failures(store)).toMatchObject([{ cause: 'delivery-undecided', aside: 2, dead: 0 }]);
  const listed = (await deadLetters(store, { count: 9 })).items;
  expect(listed).toMatchObject(['u1', 'u2'].map((id) => ({ id, state: 'set-aside', because: 'delivery-undecided' })));
  const found = await findMessages(store, { code: 'delivery-undecided', count: 9 }, new Date());
  expect(found).toMatchObject({ ok: true, value: { items: [{ id: 'message-u2' }, { id: 'message-u1' }] } });
  expect(await store.skip('u2', { now: new Date(), because: 'skipped: by telephone' })).toBe(true);
  isAnswered = true;
  await store.requeue('u1', new Date());
  await worker.idle();
  expect((await store.dispatch('u1'))?.state).toBe('delivered');
  expect((await store.dispatch('u2'))?.state).toBe('skipped');
  expect(await failures(store)).toEqual([]);
});
