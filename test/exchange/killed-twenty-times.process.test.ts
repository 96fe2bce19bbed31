import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { demoNetwork } from '../../src/main.ts';
import type { AuditEvent } from '../../src/store/port.ts';
import { audit } from '../../src/store/sql/read/audit.ts';
import { connectToRead } from '../../src/store/sqlite/driver.ts';
import { freePort } from '../support/free-port.ts';
import { isLong } from '../support/long.ts';
import { verified } from '../support/store/tampering.ts';
import { asker, askingAgain } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = join(import.meta.dirname, '../..');
const referral = readFileSync(join(root, 'examples/messages/001-referral-as-collection/input.json'));
const kills = isLong ? 20 : 1;
const seed = Number(process.env.MGN_SEED ?? randomInt(1_000_000));

/** mulberry32: the same kills for the same seed. */
function chance(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A receiver that honours ifNoneExist: what it stores, by the fullUrl, and every request that came in. */
async function receiver() {
  const arrivals: { readonly requestId: string; readonly at: number }[] = [];
  const stored = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const requestId = String(request.headers['x-request-id']);
    arrivals.push({ requestId, at: arrivals.length });
    const bundle = JSON.parse(Buffer.concat(chunks).toString()) as {
      entry?: { fullUrl?: string; request?: { method?: string; ifNoneExist?: string } }[];
    };
    for (const { fullUrl = '', request: it } of bundle.entry ?? []) {
      if (it?.method !== 'POST' || !fullUrl.includes('/ServiceRequest/')) continue;
      if (it.ifNoneExist !== undefined && stored.has(fullUrl)) continue;
      stored.set(fullUrl, (stored.get(fullUrl) ?? 0) + 1);
    }
    response.writeHead(200, { 'content-type': 'application/fhir+json' });
    response.end('{"resourceType":"Bundle","type":"transaction-response"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { arrivals, stored, url: `http://127.0.0.1:${port}/fhir`, server };
}

test(`kill -9 under load, ${kills} times: nothing acknowledged is lost, nothing is half there, nothing recorded as delivered is sent again, the audit trail is whole`, async () => {
  console.info(`seed ${seed}: repeat with MGN_SEED=${seed}`);
  const random = chance(seed);
  const sink = await receiver();
  const network = join(folder, 'network');
  cpSync(demoNetwork, network, { recursive: true });
  const partners = readFileSync(join(network, 'partners.yaml'), 'utf8');
  writeFileSync(join(network, 'partners.yaml'), partners.replaceAll('address: from-directory', `address: ${sink.url}`));
  const port = await freePort();
  const file = join(folder, 'killed.db');
  const ask = askingAgain(asker(`http://127.0.0.1:${port}`));
  const acknowledged = new Map<string, string[]>();
  /** Requests of which the events were found after an earlier kill. */
  const known = new Set<string>();
  /** Requests of reads that were answered. */
  const shown = new Set<string>();
  let open: string[] = [];

  for (let kill = 0; kill < kills; kill++) {
    const gateway = await serve(network, port, file);
    const goal = acknowledged.size + 5 + Math.floor(random() * 40);
    const after = random() * 60;
    let isKilled = false;
    const unanswered = [...open];
    open = [];
    const client = async () => {
      while (!isKilled) {
        const requestId = unanswered.pop() ?? randomUUID();
        const answer = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referral, requestId }).catch(
          () => undefined,
        );
        if (answer === undefined) open.push(requestId);
        else {
          expect([200, 409], answer.text).toContain(answer.status);
          const locations = [...answer.text.matchAll(/"location": ?"([A-Za-z]+\/[^/"]+)/g)].map((it) => it[1]!);
          acknowledged.set(requestId, answer.status === 200 ? locations : []);
          const task = locations.find((it) => it.startsWith('Task/'));
          const reading = randomUUID();
          const read =
            task &&
            (await ask('GET', `/fhir/${task}`, { as: 'gp-de-linde', headers: { 'x-request-id': reading } }).catch(
              () => undefined,
            ));
          if (read && read.status === 200) shown.add(reading);
        }
        if (acknowledged.size >= goal && !isKilled) {
          isKilled = true;
          setTimeout(() => gateway.kill('SIGKILL'), after);
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    await ended(gateway);
    open.push(...unanswered);

    // before the next start, as a crash leaves it
    const database = new DatabaseSync(file);
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const one = (text: string, ...values: string[]) =>
      Number(Object.values(database.prepare(text).get(...values) ?? {})[0]);
    expect(one('select seq from head'), 'the number of the last entry').toBe(one('select max(seq) from entry'));
    for (const [requestId, locations] of acknowledged) {
      expect(one('select count(*) from request where request_id = ?1', requestId), requestId).toBe(1);
      for (const location of locations)
        expect(one('select count(*) from resource where id = ?1', location.split('/')[1]!), location).toBe(1);
    }
    const whole = database
      .prepare(
        `select (select count(*) from resource r where r.key >= e.seq * 4096 and r.key < (e.seq + 1) * 4096) as resources,
           (select count(*) from dispatch d where d.entry = e.seq) as dispatches, count(*) as messages
         from entry e where e.message is not null group by 1, 2`,
      )
      .all() as { resources: number; dispatches: number; messages: number }[];
    expect(whole, 'every message has as many resources and deliveries as the others').toHaveLength(1);
    expect(whole[0]!.dispatches).toBeGreaterThan(0);
    expect(one("select count(*) from dispatch where state = 'waiting'")).toBe(
      one('select sum(waiting) from recipient'),
    );
    const delivered = (
      database
        .prepare("select json_extract(head, '$.requestId') as id from dispatch where state = 'delivered'")
        .all() as {
        id: string;
      }[]
    ).map(({ id }) => id);
    database.close();
    // of all after the last kill
    const isLast = kill === kills - 1;
    const since = (all: Iterable<string>): string[] => [...all].filter((it) => isLast || !known.has(it));
    await eventsOf(file, since(acknowledged.keys()), since(shown));
    for (const it of [...acknowledged.keys(), ...shown]) known.add(it);
    recorded.push({ ids: new Set(delivered), until: sink.arrivals.length });
  }

  const gateway = await serve(network, port, file);
  for (const requestId of open) {
    const answer = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referral, requestId });
    expect([200, 409]).toContain(answer.status);
  }
  await expect
    .poll(async () => JSON.parse((await ask('GET', '/readyz', { as: 'operator' })).text), {
      timeout: 120_000,
      interval: 200,
    })
    .toMatchObject({ waiting: 0, dead: 0 });
  gateway.kill('SIGTERM');
  await ended(gateway);
  expect(existsSync(`${file}-wal`), 'a store closed cleanly has no log').toBe(false);

  for (const { ids, until } of recorded) {
    const again = sink.arrivals.slice(until).filter(({ requestId }) => ids.has(requestId));
    expect(again, 'recorded as delivered before a kill, and sent after it').toEqual([]);
  }
  const database = new DatabaseSync(file);
  const orders = database.prepare("select count(*) as n from resource where type = 'ServiceRequest'").get()?.n;
  const undelivered = database.prepare("select count(*) as n from dispatch where state <> 'delivered'").get()?.n;
  database.close();
  expect(undelivered).toBe(0);
  expect(sink.stored.size, 'each order arrived').toBe(orders);
  expect(
    [...sink.stored.values()].every((times) => times === 1),
    'no duplicate at a receiver of ifNoneExist',
  ).toBe(true);
  sink.server.closeAllConnections();
  sink.server.close();
}, 600_000);

/** The chain over the journal is whole, and what was answered has its audit events: accepted and disclosed, or read. */
async function eventsOf(file: string, requestIds: readonly string[], reads: readonly string[]): Promise<void> {
  const journal = connectToRead(file, 2_000);
  const { codes, verified: entries } = await verified(journal.read);
  expect({ codes, isEmpty: entries === 0 }).toEqual({ codes: [], isEmpty: false });
  const eventsWith = async (requestId: string) => {
    const { items } = await audit(journal.read, { requestId, count: 50 });
    return items.map(({ text }) => (JSON.parse(text) as AuditEvent).subtype?.[0]?.code);
  };
  for (const requestId of requestIds)
    expect(await eventsWith(requestId), requestId).toEqual(expect.arrayContaining(['accept', 'disclose']));
  expect(reads.length).toBeGreaterThan(0);
  for (const requestId of reads) expect(await eventsWith(requestId), requestId).toEqual(['read']);
  await journal.close();
}

const recorded: { readonly ids: ReadonlySet<string>; readonly until: number }[] = [];

function serve(network: string, port: number, file: string): Promise<ChildProcess> {
  const args = ['src/cli.ts', 'serve', '--network', network, '--port', String(port), '--store', `sqlite:${file}`];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('listening')) resolve(child);
    });
  });
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));
