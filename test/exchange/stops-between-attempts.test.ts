import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, ServiceRequest } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isConditional } from '../../src/delivery/conditional.ts';
import type { OutsideAnswer } from '../../src/disclosure/index.ts';
import { mayStillDisclose } from '../../src/exchange/consent/still-permitted.ts';
import { groundsOf, groundsText } from '../support/disclosure/grounds.ts';
import { message } from '../support/exchange/consultation.ts';
import { acceptedOrder, consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { freePort } from '../support/free-port.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/**
 * Withdrawal takes effect before the next send: a permission that turns into a denial, or into an answer that is none, between two attempts
 * stops the next one, of every kind of delivery with content about a person.
 */
let gateway: TestGateway;
let port: number;
let answer: OutsideAnswer;
let sink: Sink | undefined;
const receivers = ['registration-team', 'wijkteam-zonnerveen', 'gp-de-linde'];
beforeEach(async () => {
  answer = 'permit';
  port = await freePort();
  const grounds = groundsOf(
    groundsText()
      .replaceAll('care: { consent: presumed', 'care: { outside: asked, consent: presumed')
      .replaceAll('care: { consent: required', 'care: { outside: asked, consent: required')
      .replaceAll('social: { consent: required', 'social: { outside: asked, consent: required'),
  );
  gateway = await startGateway({
    addresses: Object.fromEntries(receivers.map((it) => [it, `http://127.0.0.1:${port}/fhir`])),
    delivery: { pause: 20, maximumPause: 50 },
    configure: (it) => ({ ...it, grounds, consentSource: { ask: async () => answer, close: async () => {} } }),
  });
});
afterEach(async () => {
  await gateway.stop();
  await sink?.close();
  sink = undefined;
});

const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8');
const referral = example('001-referral-as-collection');

const stateOf = async (kind: string, recipient: string) => {
  const { items } = await gateway.store.dispatches({ recipient, count: 99 });
  const it = items.find((one) => one.kind === kind)!;
  return { state: it.state, because: it.because ?? '', attempts: it.attempts, id: it.id };
};

/** Once it was tried, and failed because nobody listens. */
const triedOnce = (kind: string, recipient: string) =>
  expect.poll(async () => (await stateOf(kind, recipient)).attempts, { timeout: 20_000 }).toBeGreaterThan(0);

describe.each([
  ['referral', 'registration-team', referral],
  ['social-request', 'wijkteam-zonnerveen', example('060-social-request')],
])('a %s that its receiver did not get yet', (kind, recipient, body) => {
  test('is not sent once the source outside denies', async () => {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    expect(sent.status, sent.text).toBe(200);
    await triedOnce(kind, recipient);
    answer = 'deny';
    sink = await startSink(port);
    await expect.poll(async () => (await stateOf(kind, recipient)).state, { timeout: 20_000 }).toBe('dead');
    expect((await stateOf(kind, recipient)).because).toContain('consent-ended');
    expect(sink.received.filter(({ text }) => text.includes('"Patient"'))).toEqual([]);
  }, 60_000);

  test('waits while the source is undecided or silent, and is sent when it permits', async () => {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    expect(sent.status, sent.text).toBe(200);
    await triedOnce(kind, recipient);
    for (const silence of ['undecided', 'away'] as const) {
      answer = silence;
      sink ??= await startSink(port);
      const { attempts } = await stateOf(kind, recipient);
      await expect
        .poll(async () => (await stateOf(kind, recipient)).attempts, { timeout: 20_000 })
        .toBeGreaterThan(attempts + 1);
      expect(await stateOf(kind, recipient)).toMatchObject({ state: 'waiting' });
      expect(sink.received.filter(({ text }) => text.includes('"Patient"'))).toEqual([]);
    }
    answer = 'permit';
    await expect.poll(async () => (await stateOf(kind, recipient)).state, { timeout: 20_000 }).toBe('delivered');
  }, 60_000);
});

/** Every kind of delivery with content, waiting at the receivers. */
async function everyKind() {
  const gp = partnerAt(gateway, 'gp-de-linde');
  const team = partnerAt(gateway, 'registration-team');
  const order = await acceptedOrder(gateway, Buffer.from(referral));
  const recorded = await team.post('', recordOf({ reference: order }, [social, consent]));
  expect(recorded.status, recorded.text).toBe(200);
  const asked = await gp.post('', message('150-consultation-asked', { order }));
  expect(asked.status, asked.text).toBe(200);
  const references = { order, consultation: locationOf(asked, 'Task')! };
  await team.move(references.consultation, { status: 'accepted' });
  const prepared = await team.post('', message('151-consultation-prepared', references));
  expect(prepared.status, prepared.text).toBe(200);
  // the system of every receiver, so that the bodies are known
  sink = await startSink(port);
  const waiting = async () => (await gateway.store.depth()).recipients.some((it) => receivers.includes(it.recipient));
  await expect.poll(waiting, { timeout: 20_000 }).toBe(false);
  const { items } = await gateway.store.dispatches({ count: 500 });
  const withBody = items.flatMap((it) => {
    const body = sink!.received.find(({ requestId }) => requestId === it.requestId)?.text;
    return body === undefined ? [] : [{ ...it, body }];
  });
  return { order, items: withBody };
}

test('of every kind: stopped by an objection that began meanwhile, and by a source that denies where it was asked', async () => {
  const { order, items } = await everyKind();
  const kinds = ['referral', 'social-request', 'feedback', 'consultation', 'consultation-extract'];
  expect([...new Set(items.map(({ kind }) => kind))]).toEqual(expect.arrayContaining(kinds));
  const { gateway: it } = gateway.running;
  const judged = (one: (typeof items)[number]) => mayStillDisclose(() => it)(one);
  const ofKind = (kind: string) => items.filter((one) => one.kind === kind);
  for (const kind of kinds)
    for (const one of ofKind(kind)) expect([kind, await judged(one)]).toEqual([kind, { ok: true }]);

  answer = 'deny';
  for (const kind of kinds.filter((one) => one !== 'feedback'))
    for (const one of ofKind(kind))
      expect([kind, one.recipient, await judged(one)]).toEqual([
        kind,
        one.recipient,
        { ok: false, because: 'consent-ended' },
      ]);
  answer = 'undecided';
  for (const kind of kinds.filter((one) => one !== 'feedback'))
    for (const one of ofKind(kind)) await expect(judged(one), kind).rejects.toThrow('undecided');
  answer = 'permit';

  // an objection to everybody within care, which no commit of the gateway saw begin
  const { subject } = await partnerAt(gateway, 'gp-de-linde').read<ServiceRequest>(order);
  const objection = {
    ...consent,
    resourceType: 'Consent',
    id: crypto.randomUUID(),
    patient: subject,
    provision: { type: 'deny' },
  };
  const store = {
    ...it.store,
    search: async (...asking: Parameters<typeof it.store.search>) => {
      const found = await it.store.search(...asking);
      const isAsked = asking[0] === 'Consent' && found.kind === 'found';
      // the permission ended by its period, and the objection began
      return isAsked
        ? {
            ...found,
            resources: found.resources.slice(0, 1).map((one) => ({ ...one, text: JSON.stringify(objection) })),
          }
        : found;
    },
  };
  const withObjection = mayStillDisclose(() => ({ ...it, network: it.network, store }));
  for (const kind of kinds)
    for (const one of ofKind(kind)) {
      const isPerson =
        kind !== 'feedback' ||
        (JSON.parse(one.body) as Bundle).entry!.some(({ resource }) => resource!.resourceType !== 'Communication');
      expect([kind, one.recipient, await withObjection(one)]).toEqual([
        kind,
        one.recipient,
        isPerson ? { ok: false, because: 'consent-ended' } : { ok: true },
      ]);
    }
}, 60_000);

test('each kind with content is judged at an attempt that is not the first, and once it waited; a status is not', () => {
  const now = new Date('2026-12-01T10:00:00Z');
  const fresh = { attempts: 0, createdAt: new Date('2026-12-01T09:59:58Z') };
  const at = { now, asksOutside: false };
  for (const kind of ['referral', 'feedback', 'appointment']) {
    expect(isConditional({ kind, ...fresh }, at), kind).toBe(false);
    expect(isConditional({ kind, ...fresh }, { now, asksOutside: true }), kind).toBe(true);
    expect(isConditional({ kind, ...fresh, attempts: 1 }, at), kind).toBe(true);
    expect(isConditional({ kind, ...fresh, createdAt: new Date('2026-12-01T09:59:00Z') }, at), kind).toBe(true);
  }
  for (const kind of ['social-request', 'consultation', 'consultation-extract'])
    expect(isConditional({ kind, ...fresh }, at), kind).toBe(true);
  expect(isConditional({ kind: 'status', ...fresh, attempts: 4 }, { now, asksOutside: true })).toBe(false);
});
