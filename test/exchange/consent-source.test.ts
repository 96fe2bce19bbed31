import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConsentQuestion, OutsideAnswer } from '../../src/disclosure/index.ts';
import { groundsOf, groundsText } from '../support/disclosure/grounds.ts';
import { locationOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A network where the consent source outside has to permit too: it decides before anything is stored or sent. */
let gateway: TestGateway;
let answer: OutsideAnswer;
const asked: ConsentQuestion[] = [];
beforeAll(async () => {
  const grounds = groundsOf(
    groundsText()
      .replace('care: { consent: presumed }', 'care: { consent: presumed, outside: asked }')
      .replace('social: { consent: required }', 'social: { consent: required, outside: asked }'),
  );
  gateway = await startGateway({
    configure: (it) => ({
      ...it,
      grounds,
      consentSource: {
        ask: async (question) => {
          asked.push(question);
          return answer;
        },
        close: async () => {},
      },
    }),
  });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  asked.length = 0;
});

const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'));
const referral = example('001-referral-as-collection');
const toSocialDomain = example('060-social-request');
const send = (body: Buffer) => gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
const stored = async () => {
  const found = await gateway.store.search('ServiceRequest', { criteria: [], count: 100 });
  return found.kind === 'found' ? found.resources.length : 0;
};

test('that permits lets the referral pass, and was asked once, about its recipient', async () => {
  answer = 'permit';
  const sent = await send(referral);
  expect(sent.status, sent.text).toBe(200);
  expect(asked.map(({ recipient, legalBasis }) => [recipient.partner, legalBasis])).toEqual([
    ['registration-team', 'referral-within-care'],
  ]);
});

test.each<[OutsideAnswer, number, string]>([
  ['deny', 403, 'consent-denied'],
  ['undecided', 403, 'consent-undecided'],
  ['away', 503, 'consent-source-unavailable'],
])('that answers %s: %i %s, and nothing is stored', async (given, status, rule) => {
  answer = given;
  for (const body of [referral, toSocialDomain]) {
    const before = await stored();
    const sent = await send(body);
    expect([sent.status, rulesOf(sent)]).toEqual([status, [rule]]);
    expect(await stored()).toBe(before);
  }
});

test('is asked again before a request to the social domain is sent: an objection withdraws it, silence delays it', async () => {
  const { mayStillDisclose } = await import('../../src/exchange/consent/still-permitted.ts');
  answer = 'permit';
  const sent = await send(toSocialDomain);
  expect(sent.status, sent.text).toBe(200);
  const task = locationOf(sent, 'Task')!;
  const { items } = await gateway.store.dispatches({ recipient: 'wijkteam-zonnerveen', count: 9 });
  const waiting = items.find(({ about = [] }) => about.includes(task))!;
  const judged = () => mayStillDisclose(() => gateway.running.gateway)({ ...waiting, body: '' });
  expect(await judged()).toEqual({ ok: true });
  answer = 'away';
  await expect(judged()).rejects.toThrow('undecided');
  answer = 'undecided';
  await expect(judged()).rejects.toThrow('undecided');
  answer = 'deny';
  expect(await judged()).toEqual({ ok: false, because: 'consent-ended' });
});
