/**
 * Durable commits a second: node test/bench/store.ts [seconds] [sqlite or postgres]
 * Each commit is what `accept` ends in: a message, a graph of five resources, two dispatches, an audit event.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { auditEvent, create, dispatch, message, patient, task } from '../support/store/samples.ts';

const seconds = Number(process.argv[2] ?? 3);
const isPostgres = process.argv[3] === 'postgres';
const letter = {
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${'x'.repeat(1_000)}</div>` },
};

const graph = (id: string) => ({
  message: message(id, { body: new Uint8Array(8_000).fill(120) }),
  changes: [
    create(
      task(`t${id}`, { focus: { reference: `ServiceRequest/s${id}` }, for: { reference: `Patient/p${id}` } }),
      'a',
      'b',
    ),
    create(patient(`p${id}`, '999900006'), 'a', 'b'),
    ...['ServiceRequest', 'Practitioner', 'Composition'].map((resourceType) =>
      create({ ...task(`x${id}`, letter), resourceType }, 'a', 'b'),
    ),
  ],
  dispatches: ['a', 'b'].map((to) => dispatch(`${to}${id}`, to, { body: 'x'.repeat(6_000) })),
  audit: [auditEvent(id, { requestId: id, traceId: id, references: [`Task/t${id}`] })],
});
const small = (id: string) => ({ changes: [create(task(`t${id}`), 'a')] });

async function measure(name: string, commitOf: (id: string) => object, lanes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-bench-'));
  const store = isPostgres
    ? await openPostgresStore(await emptyPostgres())
    : await openSqliteStore(join(folder, 'store.db'));
  const end = performance.now() + seconds * 1_000;
  const took: number[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let n = 0; performance.now() < end; n++) {
        const start = performance.now();
        await store.commit({ now: new Date(), ...commitOf(`${lane}-${n}`) });
        took.push(performance.now() - start);
      }
    }),
  );
  took.sort((a, b) => a - b);
  const at = (share: number) => (took[Math.floor(took.length * share)] ?? 0).toFixed(1);
  const rate = Math.round(took.length / seconds).toLocaleString('en');
  console.log(`${name}, ${lanes} at a time: ${rate} commits/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  await store.close();
  rmSync(folder, { recursive: true });
}

for (const lanes of [1, 16, 64]) await measure('one Task', small, lanes);
for (const lanes of [1, 16, 64]) await measure('a whole referral', graph, lanes);
