import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Log } from '../../src/main/log.ts';
import { type Running, run } from '../../src/main.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { person, recordingLog, referralText } from '../support/exchange/example-referral.ts';
import { clonedStore } from '../support/store/cloned-store.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { raise } from '../support/store/postgres-databases.ts';
import { type Answered, type Ask, type Asking, asker, locationOf, rulesOf } from '../support/test-gateway.ts';

type Forward = (...given: unknown[]) => unknown;
type Callback = (why: Error) => void;

/** What happens instead of a statement, or to it: `given` is what `query` of the client was called with. */
type Fault = (client: pg.Client, given: readonly unknown[], forward: Forward) => unknown;

/** The statement is replaced by another, which the server answers in its place. */
const instead =
  (sql: string): Fault =>
  (_, given, forward) =>
    typeof given.at(-1) === 'function' ? forward(sql, given.at(-1)) : forward(sql);
const cut = (client: pg.Client) => (client as unknown as { connection: pg.Connection }).connection.stream.destroy();
const rejected =
  (message: string): Fault =>
  (_, given) => {
    const callback = given.at(-1);
    if (typeof callback !== 'function') return Promise.reject(new Error(message));
    process.nextTick(callback as Callback, new Error(message));
    return undefined;
  };

// https://www.postgresql.org/docs/18/errcodes-appendix.html
const codes = [
  ...['08000', '08003', '08006', '08P01', '0A000', '25006', '25P02', '25P03', '26000', '28000', '3D000', '3F000'],
  ...['40001', '40003', '40P01', '42501', '42P01', '42P05', '53000', '53100', '53200', '53300', '53400', '54000'],
  ...['55000', '55006', '55P03', '57000', '57014', '57P01', '57P02', '57P03', '57P04', '57P05', '58000', '58030'],
  ...['58P01', '72000', 'XX000', 'P0001'],
];

const faults: readonly (readonly [string, Fault])[] = [
  ...codes.map((code) => [code, instead(raise(code))] as const),
  ['the session is ended', instead('select pg_terminate_backend(pg_backend_pid())')],
  ['the statement is cancelled', instead('select pg_cancel_backend(pg_backend_pid()), pg_sleep(20)')],
  ['the statement is slow', instead('set local statement_timeout = 50; select pg_sleep(20)')],
  [
    'the connection is cut before it',
    (client, given, forward) => {
      cut(client);
      return forward(...given);
    },
  ],
  [
    'the connection is cut after it',
    (client, given, forward) => {
      const answer = forward(...given);
      cut(client);
      return answer;
    },
  ],
  ['the client is closed', rejected('Client has encountered a connection error and is not queryable')],
  ['the client waits too long', rejected('Query read timeout')],
  [
    'the client throws',
    () => {
      throw new TypeError("Cannot read properties of null (reading 'handleRowDescription')");
    },
  ],
];

/** Statements from the `from`-th on fail, `count` of them. */
let plan: { readonly fault: Fault; from: number; count: number } | undefined;
let statements = 0;

class Faulty extends pg.Client {
  override query(...given: unknown[]): never {
    const forward: Forward = (...all) => (super.query as Forward)(...all);
    statements += 1;
    if (!plan || plan.from-- > 0 || plan.count-- <= 0) return forward(...given) as never;
    return plan.fault(this, given, forward) as never;
  }
}

/** A gateway whose statements fail as planned; `retryFor`: see PostgresOptions. */
async function start(retryFor: number) {
  const { log, lines } = recordingLog();
  const opened = await openPostgresStore(await emptyPostgres(), {
    notify: false,
    retryFor,
    inTest: { Client: Faulty as typeof pg.Client },
  });
  const store = clonedStore(opened);
  const configured = await demoConfiguration();
  const running = await run(configured, store, { port: 0, log: log as Log, followConfiguration: 1_000_000 });
  await running.delivery.stop();
  return { running, lines, ask: asker(`http://127.0.0.1:${running.port}`) };
}

/** Every fault at every statement takes half an hour: `npx vitest run test/store/postgres-faults.test.ts --mode whole`. */
const isWhole = process.env.MODE === 'whole';

type Started = Awaited<ReturnType<typeof start>>;
type Request = readonly [
  name: string,
  method: Parameters<Ask>[0],
  path: string | ((task: string) => string),
  asking: Asking,
];

const gp = { as: 'gp-de-linde' };
const patch = (status: string, as: string): Asking => ({
  as,
  body: JSON.stringify([{ op: 'replace', path: '/status', value: status }]),
  contentType: 'application/json-patch+json',
  headers: { 'if-match': 'W/"1"' },
});

const requests: readonly Request[] = [
  ['a referral', 'POST', '/fhir', { ...gp, body: referralText }],
  ['a referral that is refused', 'POST', '/fhir', { ...gp, body: referralText.replaceAll('"intent"', '"intend"') }],
  ['a request without login', 'GET', (task) => `/fhir/${task}`, {}],
  ['a move', 'PATCH', (task) => `/fhir/${task}`, patch('accepted', 'registration-team')],
  ['a move that is refused', 'PATCH', (task) => `/fhir/${task}`, patch('completed', 'gp-de-linde')],
  ['a read', 'GET', (task) => `/fhir/${task}`, gp],
  ['a version', 'GET', (task) => `/fhir/${task}/_history/1`, gp],
  ['a history', 'GET', (task) => `/fhir/${task}/_history`, gp],
  ['a search', 'GET', '/fhir/Task?status=requested&_include=Task:patient&_count=2', gp],
  ['nothing', 'GET', '/fhir/Task/unknown', gp],
  ['a dry run', 'POST', '/fhir/$explain', { ...gp, body: referralText }],
  ['an interaction that does not exist', 'PUT', '/fhir/Patient/1', { ...gp, body: '{}' }],
  ['the list of dead letters', 'GET', '/fhir/$dead-letters', { as: 'operator' }],
  ['the directory', 'GET', '/fhir/Organization', gp],
  ['readiness', 'GET', '/readyz', {}],
];

async function send({ ask }: Started, [, method, path, asking]: Request, task: string, requestId = randomUUID()) {
  return ask(method, typeof path === 'string' ? path : path(task), { requestId, ...asking });
}

async function taskOf(started: Started): Promise<string> {
  const accepted = await started.ask('POST', '/fhir', { ...gp, body: referralText });
  const task = locationOf(accepted, 'Task');
  if (!task) throw new Error(`${accepted.status} ${accepted.text}\n${started.lines.slice(-3).join('\n')}`);
  return task;
}

/** An answer that an outage may have: that without it, or 503. */
function problemOf(answer: Answered, usual: number, path: string): string | undefined {
  if (answer.status === usual || (answer.status === 409 && rulesOf(answer)[0] === 'duplicate')) return undefined;
  if (path === '/readyz') return answer.status === 503 ? undefined : `${answer.status}`;
  const told = [answer.status, answer.headers['retry-after'], ...rulesOf(answer)].join(' ');
  return told === '503 10 store-unavailable' ? undefined : told;
}

describe.each([
  ['once: the request is repeated or answered with 503', 'once', 5_000],
  ['from then on: 503 with Retry-After, and the same request is taken when it is over', 'lasting', 0],
] as const)('a statement fails %s', (_, mode, retryFor) => {
  let started: Started;
  let running: Running;
  beforeAll(async () => {
    started = await start(retryFor);
    running = started.running;
  });
  afterAll(async () => {
    plan = undefined;
    await running.stop();
  });

  test.each(requests)(
    '%s, at each statement in turn',
    async (...request) => {
      const [name, , path] = request;
      plan = undefined;
      const usual = await send(started, request, await taskOf(started));
      const task = await taskOf(started);
      const before = statements;
      expect((await send(started, request, task)).status).toBe(usual.status);
      const count = statements - before;
      const problems: string[] = [];
      let [concerned, isMoved] = [task, usual.status === 200 && request[1] === 'PATCH'];
      for (let from = 0; from < count; from++)
        for (const [index, [fault, make]] of faults.entries()) {
          // each statement meets some of the faults, and each fault some of the statements
          if (!isWhole && (index + 11 * from) % 24 !== 0) continue;
          if (isMoved) [concerned, isMoved] = [await taskOf(started), false];
          const requestId = randomUUID();
          const lines = started.lines.length;
          plan = { fault: make, from, count: mode === 'once' ? 1 : 10_000 };
          const answer = await send(started, request, concerned, requestId);
          plan = undefined;
          const logged = started.lines.slice(lines);
          const problem =
            problemOf(answer, usual.status, String(path)) ??
            (answer.status === 503 && person.test(answer.text) ? 'content in the answer' : undefined) ??
            (person.test(logged.join()) ? 'content in the log' : undefined);
          if (problem) problems.push(`${name}, statement ${from}, ${fault}: ${problem}; log: ${logged.join('\n')}`);
          const again = await send(started, request, concerned, requestId);
          isMoved = usual.status === 200 && request[1] === 'PATCH';
          const isTaken = again.status === usual.status || (again.status === 409 && answer.status !== 503);
          const isStored = again.status === 409 && rulesOf(again)[0] === 'duplicate';
          if (!isTaken && !isStored) problems.push(`${name}, statement ${from}, ${fault}: then ${again.status}`);
        }
      expect(problems.join('\n')).toBe('');
    },
    600_000,
  );
});
