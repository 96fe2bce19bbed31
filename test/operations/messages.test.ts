import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageLine } from '../../src/operations/index.ts';
import { person } from '../support/exchange/example-referral.ts';
import { locationOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The search of messages over HTTP: every criterion, keyset pages that leave nothing out, and nothing of a person. */
let gateway: TestGateway;
let orders: string[];
beforeAll(async () => {
  gateway = await startGateway({
    configure: (it) => {
      const { settings } = it.network;
      const retention = { ...settings.retention, refusedDays: 7 };
      return { ...it, network: { ...it.network, settings: { ...settings, retention } } };
    },
  });
  const example = join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json');
  const body = readFileSync(example, 'utf8');
  orders = [];
  for (let n = 0; n < 3; n++) {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    orders.push(locationOf(sent, 'ServiceRequest')!);
    const wrong = body.replaceAll('"resourceType": "Patient"', '"resourceType": "Patient", "gender": "x"');
    await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: wrong });
  }
});
afterAll(() => gateway.stop());

type Page = { readonly messages: readonly MessageLine[]; readonly next?: string };
const page = async (query: string): Promise<Page> =>
  JSON.parse((await gateway.ask('GET', `/admin/messages?${query}`, { as: 'operator' })).text);
const all = async (query: string, count: number): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const { messages, next } = await page(`${query}&count=${count}${cursor && `&cursor=${cursor}`}`);
    ids.push(...messages.map(({ id }) => id));
    expect(messages.length).toBeLessThanOrEqual(count);
    if (!next) return ids;
    cursor = next;
  }
};

test('pages of any size are the same list, accepted and refused messages by time, each once', async () => {
  const whole = await all('', 200);
  expect(whole).toHaveLength(6);
  expect(new Set(whole).size).toBe(6);
  for (const count of [1, 2, 4, 5]) expect(await all('', count), `${count}`).toEqual(whole);
  expect(await all('state=refused', 1)).toHaveLength(3);
});

test('by order, sender, receiver, state, trace and code', async () => {
  const { messages } = await page(`order=${orders[1]}`);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({ sender: 'gp-de-linde', state: 'waiting' });
  expect(messages[0]!.deliveries.map(({ receiver }) => receiver)).toContain('registration-team');
  expect((await page(`order=${orders[1]!.split('/')[1]}`)).messages).toEqual(messages);
  expect((await page('order=nothing')).messages).toEqual([]);
  expect((await page(`trace=${messages[0]!.traceId}`)).messages).toEqual(messages);
  expect(await all('receiver=registration-team', 50)).toHaveLength(3);
  expect(await all('sender=ggz-de-kade', 50)).toEqual([]);
  const refused = (await page('state=refused')).messages;
  expect(await all(`code=${refused[0]!.codes[0]}`, 50)).toHaveLength(3);
  expect(await all('since=2020-01-01&until=2020-02-01', 50)).toEqual([]);
});

test('nothing of a person, and no request that is not understood', async () => {
  expect(JSON.stringify(await page('count=200'))).not.toMatch(person);
  for (const wrong of ['state=lost', 'since=yesterday', 'count=0', 'cursor=x', 'patient=1', 'order=999900006']) {
    const { status, text } = await gateway.ask('GET', `/admin/messages?${wrong}`, { as: 'operator' });
    expect([wrong, status]).toEqual([wrong, 400]);
    expect(text).not.toContain('999900006');
  }
});
