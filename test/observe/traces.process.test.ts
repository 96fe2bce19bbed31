import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { person, referralText } from '../support/exchange/example-referral.ts';
import type { WrittenSpan } from '../support/observe/sdk.ts';
import { networkAt, startGatewayProcess } from '../support/servers/gateway-process.ts';
import { accept, answer, openReceiver } from '../support/servers/receiver.ts';

/**
 * With the SDK of OpenTelemetry, as an operator adds it (docs/operate/monitoring.md): `mgn serve` in a process of its own, which
 * delivers in a thread.
 */
const folder = mkdtempSync(join(tmpdir(), 'mgn-traces-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sdk = join(import.meta.dirname, '../support/observe/sdk.ts');
const spans = join(folder, 'spans.ndjson');
const environment = { NODE_OPTIONS: `--import=${sdk}`, TEST_SPANS: spans };

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';
const journey = '7c1f0a52-93c1-4b5e-8a44-0d3f5c9be001';

const spansOf = (trace: string): readonly WrittenSpan[] =>
  (existsSync(spans) ? readFileSync(spans, 'utf8') : '')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as WrittenSpan)
    .filter((it) => it.traceId === trace);

/** Attributes that spans may have: ids, codes, counts and names of the code. */
const permitted = new Set([
  ...['http.request.method', 'http.route', 'http.response.status_code', 'http.request.resend_count', 'error.type'],
  ...['mgn.trace_id', 'mgn.refused', 'mgn.codes', 'mgn.result', 'mgn.outcome'],
  ...['mgn.dispatch', 'mgn.recipient', 'mgn.channel'],
]);

test('a referral is one tree of spans from its receipt to its delivery, over the threads and a kill, without content', async () => {
  const receiver = await openReceiver(answer(503));
  const network = networkAt(folder, receiver.base);
  const store = `sqlite:${join(folder, 'gateway.db')}`;
  const first = await startGatewayProcess(network, store, environment);
  const sent = await first.ask('POST', '/fhir', {
    as: 'gp-de-linde',
    body: referralText,
    headers: {
      traceparent: `00-${traceId}-${parent}-01`,
      tracestate: 'vendor=Proefpersoon',
      baggage: 'person=Proefpersoon',
      'x-trace-id': journey,
    },
  });
  expect(sent.status, sent.text.slice(0, 300)).toBe(200);
  await expect.poll(() => spansOf(traceId).filter(({ name }) => name === 'deliver referral').length).toBeGreaterThan(0);
  await first.kill('SIGKILL');
  receiver.conduct = accept;
  const second = await startGatewayProcess(network, store, environment);
  await expect.poll(() => receiver.stored.length).toBeGreaterThan(0);
  await second.kill('SIGTERM');
  await receiver.close();

  const all = spansOf(traceId);
  const ids = new Set(all.map(({ spanId }) => spanId));
  const roots = all.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
  expect(roots.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([['POST /fhir', parent]]);
  const names = all.map(({ name }) => name);
  for (const step of ['parse', 'recognise', 'validate source', 'map', 'adopt', 'check sender', 'route', 'disclose'])
    expect(names).toContain(step);
  expect(names).toContain('store commit');
  const attempts = all.filter(({ name }) => name.startsWith('deliver '));
  expect(new Set(attempts.map(({ process }) => process)).size, 'before and after the kill').toBe(2);
  expect(
    attempts.every(({ thread }) => thread !== 0),
    'in the thread of deliveries',
  ).toBe(true);
  expect(all.find(({ name }) => name === 'POST /fhir')?.thread).toBe(0);
  expect(attempts.map(({ attributes }) => attributes['mgn.outcome'])).toContain('delivered');
  expect(new Set(attempts.map(({ attributes }) => attributes['mgn.trace_id'])), 'X-Trace-Id').toEqual(
    new Set([journey]),
  );

  // each attempt sends its own span as the parent of what the receiver does
  const bySpan = new Map(attempts.map((it) => [it.spanId, it]));
  for (const { headers } of receiver.arrivals) {
    const [, trace, span] = String(headers.traceparent).split('-');
    expect([trace, bySpan.has(span!)]).toEqual([traceId, true]);
    expect([headers.tracestate, headers.baggage]).toEqual([undefined, undefined]);
    expect(headers['x-trace-id']).toBe(journey);
  }
  for (const { name, attributes, events } of all) {
    expect(
      Object.keys(attributes).filter((it) => !permitted.has(it)),
      name,
    ).toEqual([]);
    expect(events, 'an exception would have a message').toBe(0);
  }
  expect(readFileSync(spans, 'utf8')).not.toMatch(person);
});
