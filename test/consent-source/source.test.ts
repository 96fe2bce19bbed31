import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { answerIn, evaluationOf, openConsentSource } from '../../src/consent-source/index.ts';
import type { ConsentQuestion } from '../../src/disclosure/index.ts';

/** A consent source that answers late, wrongly, too much or elsewhere permits nothing. */
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const question: ConsentQuestion = {
  person: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999901102' }],
  recipient: {
    partner: 'ggz',
    domain: 'care',
    identifiers: [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '99990101' }],
  },
  legalBasis: 'referral-within-care',
  lifeDomains: [],
};

type Reply = (response: ServerResponse, request: IncomingMessage, body: string) => unknown;

async function source(reply: Reply, settings: { readonly timeout?: number; readonly maxConcurrent?: number } = {}) {
  const asked: { readonly url: string; readonly body: string; readonly authorization?: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url ?? '', body, authorization: request.headers.authorization });
    await reply(response, request, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const opened = openConsentSource(
    {
      url: `http://127.0.0.1:${port}/access/v1/evaluation`,
      timeout: 2_000,
      maxConcurrent: 10,
      ...settings,
    },
    () => undefined,
  );
  ends.push(
    () => opened.close(),
    () => {
      server.closeAllConnections();
      server.close();
    },
  );
  return { ask: opened.ask, asked };
}

const json =
  (value: unknown, status = 200): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

test('asks who may have data of whom, on what legal basis; the person is in the body only', async () => {
  const { ask, asked } = await source(json({ decision: true }));
  expect(await ask(question)).toBe('permit');
  expect(asked).toHaveLength(1);
  expect(asked[0]!.url).toBe('/access/v1/evaluation');
  expect(JSON.parse(asked[0]!.body)).toEqual({
    subject: {
      type: 'organization',
      id: 'http://fhir.nl/fhir/NamingSystem/ura|99990101',
      properties: { domain: 'care' },
    },
    action: { name: 'disclose' },
    resource: { type: 'patient', id: 'http://fhir.nl/fhir/NamingSystem/bsn|999901102' },
    context: { legalBasis: 'referral-within-care', lifeDomains: [] },
  });
});

test('asks anew each time: what a person withdraws has effect at the next question', async () => {
  let decision = true;
  const { ask } = await source((...it) => json({ decision })(...it));
  expect(await ask(question)).toBe('permit');
  decision = false;
  expect(await ask(question)).toBe('deny');
});

test.each([
  ['{"decision":true}', 'permit'],
  ['{"decision":false}', 'deny'],
  ['{"decision":false,"context":{"outcome":"undecided"}}', 'undecided'],
  ['{"decision":true,"context":{"outcome":"undecided"}}', 'undecided'],
  ['{"decision":"true"}', 'undecided'],
  ['{"decision":1}', 'undecided'],
  ['{}', 'undecided'],
  ['null', 'undecided'],
  ['[true]', 'undecided'],
  ['true', 'undecided'],
  ['{"decision":true', 'undecided'],
  ['', 'undecided'],
])('the answer %s is %s', (text, expected) => {
  expect(answerIn(text)).toBe(expected);
});

test.each<[string, Reply]>([
  ['a status of its own', json({ decision: true }, 201)],
  ['a fault', json({ decision: true }, 500)],
  ['a redirect', (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
  ['too much', (response) => response.end(`{"decision":true,"context":"${'x'.repeat(80_000)}"}`)],
  ['a connection that breaks', (response) => response.destroy()],
  ['half an answer', (response) => response.writeHead(200, { 'content-length': '100' }).write('{"decision":true')],
])('%s is no answer', async (_, reply) => {
  const { ask } = await source(reply, { timeout: 300 });
  expect(await ask(question)).toBe('away');
});

test('silence is no answer, within the time that the network gives', async () => {
  const { ask } = await source(() => wait(60_000, undefined, { ref: false }), { timeout: 100 });
  expect(await ask(question)).toBe('away');
});

test('a source where nobody listens is no answer', async () => {
  const opened = openConsentSource({ url: 'http://127.0.0.1:1/', timeout: 300, maxConcurrent: 1 }, () => undefined);
  ends.push(() => opened.close());
  expect(await opened.ask(question)).toBe('away');
});

test('more questions at once than the source takes are no answer, and do not queue', async () => {
  const { ask, asked } = await source(
    async (response) => {
      await wait(100);
      response.end('{"decision":true}');
    },
    { maxConcurrent: 2 },
  );
  const answers = await Promise.all([ask(question), ask(question), ask(question)]);
  expect(answers.sort()).toEqual(['away', 'permit', 'permit']);
  expect(asked).toHaveLength(2);
});

test('a person without BSN is not asked about', async () => {
  expect(evaluationOf({ ...question, person: [{ system: 'urn:other', value: '1' }] })).toBeUndefined();
  const { ask, asked } = await source(json({ decision: true }));
  expect(await ask({ ...question, person: [] })).toBe('undecided');
  expect(asked).toEqual([]);
});
