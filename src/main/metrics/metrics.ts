import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MessageLine } from '../../audit/message-line.ts';
import type { MeasuredAttempt } from '../../delivery/settings.ts';
import type { TaskCount } from '../../watchdog/index.ts';
import type { LoopDelay } from './event-loop.ts';
import { codeLabel, methodLabel, none, other, partnerLabel, useCaseLabel } from './labels.ts';
import { readingsIn, type Scraped, type ScrapedOpen } from './readings.ts';

/** The metrics of one gateway: docs/operate/monitoring.md has each, with what it means. */
export type Metrics = {
  readonly message: (line: MessageLine) => void;
  readonly attempt: (it: MeasuredAttempt) => void;
  readonly commit: (result: string, milliseconds: number) => void;
  readonly answer: (it: { readonly method: string; readonly route: string; readonly status: number }) => void;
  readonly tasks: (counts: readonly TaskCount[] | undefined) => void;
  readonly deliveryDelay: (delay: LoopDelay) => void;
  /** What anybody may read. */
  readonly open: () => Promise<string>;
  readonly all: () => Promise<string>;
};

/** Names from the configuration in force, which labels may have. */
export type Known = {
  readonly partners: () => { has(id: string): boolean };
  readonly kinds: { has(name: string): boolean };
  /** Milliseconds in which a delivery is to arrive. */
  readonly deliveredWithin: () => number;
};

export type Reading = {
  /** Reads the store as well. */
  readonly read: () => Promise<Scraped>;
  readonly readOpen: () => ScrapedOpen;
};

/** Seconds: an answer of a database to that of a receiver which is nearly given up. */
const durations = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const commits = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Series of refusals of one partner: a sender of every mistake there is gets no more. */
const refusalsOfPartner = 200;

/** A registry for this gateway alone: two gateways of one process count apart. */
export function openMetrics(version: string, known: Known, { read, readOpen }: Reading): Metrics {
  const open = new Registry();
  const closed = new Registry();
  const inClosed = { registers: [closed] };

  new Gauge({ ...inClosed, name: 'mgn_build_info', help: 'Version of the gateway; always 1.', labelNames: ['version'] })
    .labels(version)
    .set(1);
  const received = new Counter({
    ...inClosed,
    name: 'mgn_messages_received_total',
    help: 'Messages, moves and other writes, by how they ended: accepted, refused, or failed by a fault of the gateway.',
    labelNames: ['partner', 'use_case', 'outcome'],
  });
  const refused = new Counter({
    ...inClosed,
    name: 'mgn_messages_refused_total',
    help: 'Findings with which messages were not accepted; a message with three counts three times.',
    labelNames: ['partner', 'use_case', 'code'],
  });
  const latency = new Histogram({
    ...inClosed,
    name: 'mgn_message_duration_seconds',
    help: 'From the arrival of a message to the decision on it.',
    labelNames: ['partner', 'use_case'],
    buckets: durations,
  });
  const objectives = new Counter({
    ...inClosed,
    name: 'mgn_objective_events_total',
    help: 'Messages that got a decision (answered), and deliveries that arrived in time (delivered), or that did not.',
    labelNames: ['objective', 'result'],
  });
  for (const objective of ['answered', 'delivered'])
    for (const result of ['met', 'missed']) objectives.labels(objective, result).inc(0);
  const attempts = new Counter({
    ...inClosed,
    name: 'mgn_delivery_attempts_total',
    help: 'Attempts to deliver, by result; the code says why it was none.',
    labelNames: ['partner', 'result', 'code'],
  });
  const attemptDuration = new Histogram({
    ...inClosed,
    name: 'mgn_delivery_attempt_duration_seconds',
    help: 'Duration of an attempt, to the last byte of the answer.',
    labelNames: ['partner'],
    buckets: durations,
  });
  const commit = new Histogram({
    ...inClosed,
    name: 'mgn_store_commit_duration_seconds',
    help: 'Duration of a commit until it is on disk.',
    labelNames: ['result'],
    buckets: commits,
  });
  const requests = new Counter({
    ...inClosed,
    name: 'mgn_http_requests_total',
    help: 'Requests, by the path of their route and the status of their answer.',
    labelNames: ['method', 'route', 'status'],
  });
  const past = new Gauge({
    ...inClosed,
    name: 'mgn_tasks_past_deadline',
    help: 'Silent Tasks: past a deadline of the network. Of the gateway whose turn it is to look.',
    labelNames: ['partner', 'use_case', 'rule', 'effect'],
  });
  const due = new Gauge({
    ...inClosed,
    name: 'mgn_tasks_due_soon',
    help: 'Tasks that pass a deadline within 12 hours if nothing happens. Of the gateway whose turn it is to look.',
    labelNames: ['partner', 'use_case', 'rule', 'effect'],
  });
  const readings = readingsIn(open, closed);

  const series = new Map<string, Set<string>>();
  const refusal = (partner: string, useCase: string, code: string): readonly [string, string, string] => {
    const own = series.get(partner) ?? new Set();
    series.set(partner, own);
    const name = `${useCase} ${code}`;
    if (!own.has(name) && own.size >= refusalsOfPartner) return [partner, other, other];
    own.add(name);
    return [partner, useCase, code];
  };
  let deliveryDelay: LoopDelay | undefined;

  return {
    message: (line) => {
      const partner = partnerLabel(line.partner, known.partners());
      const useCase = useCaseLabel(line, known.kinds);
      received.labels(partner, useCase, line.outcome).inc();
      const isAccepted = line.outcome === 'accepted';
      if (!isAccepted)
        for (const code of line.codes) refused.labels(...refusal(partner, useCase, codeLabel(code))).inc();
      if (line.milliseconds !== undefined) latency.labels(partner, useCase).observe(line.milliseconds / 1_000);
      const isMissed = line.outcome === 'failed' || line.codes.some((code) => turnedAway.has(code));
      objectives.labels('answered', isMissed && !isAccepted ? 'missed' : 'met').inc();
    },
    attempt: ({ recipient, outcome, code, milliseconds, sinceCommit, isNotification }) => {
      const partner = partnerLabel(recipient, known.partners());
      attempts.labels(partner, outcome, code === undefined ? none : codeLabel(code)).inc();
      attemptDuration.labels(partner).observe(milliseconds / 1_000);
      if (isNotification || outcome === 'retry' || outcome === 'withdrawn') return;
      const isMet = outcome === 'delivered' && sinceCommit <= known.deliveredWithin();
      objectives.labels('delivered', isMet ? 'met' : 'missed').inc();
    },
    commit: (result, milliseconds) => commit.labels(result).observe(milliseconds / 1_000),
    answer: ({ method, route, status }) => requests.labels(methodLabel(method), route, String(status)).inc(),
    tasks: (counts) => {
      past.reset();
      due.reset();
      for (const it of counts ?? []) {
        const labels = [partnerLabel(it.partner, known.partners()), it.useCase, it.rule, it.effect] as const;
        past.labels(...labels).set(it.past);
        due.labels(...labels).set(it.soon);
      }
    },
    deliveryDelay: (delay) => {
      deliveryDelay = delay;
    },
    open: async () => {
      readings.fillOpen(readOpen());
      return open.metrics();
    },
    all: async () => {
      const scraped = await read();
      readings.fillOpen(scraped);
      readings.fill(scraped, { partners: known.partners(), ...(deliveryDelay ? { deliveryDelay } : {}) });
      return `${await open.metrics()}${await closed.metrics()}`;
    },
  };
}

/** Refusals that are about the gateway and not about the message. */
const turnedAway: ReadonlySet<string> = new Set(['overloaded', 'gateway-busy', 'store-unavailable', 'internal']);
