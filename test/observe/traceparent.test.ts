import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outgoingTraceparent, readTraceparent } from '../../src/tracing/index.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** https://www.w3.org/TR/trace-context/, by a gateway without an SDK: it goes along unchanged. */
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const sentTraceparent = `00-${trace}-00f067aa0ba902b7-01`;

describe('a delivery', () => {
  let gateway: TestGateway;
  let sink: Sink;
  beforeAll(async () => {
    sink = await startSink();
    gateway = await startGateway({ addresses: { 'registration-team': sink.url, 'gp-de-linde': sink.url } });
  });
  afterAll(async () => {
    await gateway.stop();
    await sink.close();
  });

  const deliveredFor = async (headers: Readonly<Record<string, string>>) => {
    const requestId = randomUUID();
    const { status } = await gateway.ask('POST', '/fhir', {
      as: 'gp-de-linde',
      body: referralText,
      requestId,
      headers,
    });
    expect(status).toBe(200);
    await gateway.running.delivery.idle();
    return sink.received.filter((it) => it.headers['x-correlation-id'] === requestId);
  };

  test('has the traceparent of the request that caused it, and nothing of tracestate or baggage', async () => {
    const arrived = await deliveredFor({ traceparent: sentTraceparent, tracestate: 'x=secret', baggage: 'x=secret' });
    expect(arrived.length).toBeGreaterThan(0);
    for (const { headers } of arrived) {
      expect(headers.traceparent).toBe(sentTraceparent);
      expect([headers.tracestate, headers.baggage]).toEqual([undefined, undefined]);
    }
  });

  test.each([
    ['none', {}],
    ['no traceparent', { traceparent: 'Proefpersoon' }],
    ['a trace id of zeros', { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }],
    ['capitals', { traceparent: sentTraceparent.toUpperCase() }],
  ])('without a valid one (%s) has the X-Trace-Id of its journey as trace', async (_, headers) => {
    const journey = randomUUID();
    const arrived = await deliveredFor({ ...headers, 'x-trace-id': journey });
    expect(arrived.length).toBeGreaterThan(0);
    for (const it of arrived)
      expect(it.headers.traceparent).toMatch(new RegExp(`^00-${journey.replaceAll('-', '')}-[0-9a-f]{16}-00$`));
  });
});

describe('of the header', () => {
  test('version 00 with one flag is what goes on, whatever else a later version has', () => {
    expect(readTraceparent(`cc-${trace}-00f067aa0ba902b7-ff-what-the-future-will-be-like`)).toBe(sentTraceparent);
    expect(readTraceparent(`00-${trace}-00f067aa0ba902b7-02`)).toBe(`00-${trace}-00f067aa0ba902b7-00`);
    for (const wrong of [
      '',
      `ff-${trace}-00f067aa0ba902b7-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
      `${sentTraceparent}x`,
    ])
      expect(readTraceparent(wrong), wrong).toBeUndefined();
  });

  test('a candidate gets the trace of its own Task, so that candidates cannot find each other', () => {
    const task = '019f0a52-93c1-7b5e-8a44-0d3f5c9be001';
    const dispatch = {
      traceId: task,
      requestId: randomUUID(),
      about: [`Task/${task}`, 'ServiceRequest/1'],
      traceparent: sentTraceparent,
    };
    for (const attempt of [undefined, sentTraceparent])
      expect(outgoingTraceparent(dispatch, attempt)).toMatch(/^00-019f0a5293c17b5e8a440d3f5c9be001-[0-9a-f]{16}-00$/);
  });
});
