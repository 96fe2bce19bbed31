import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditEvent } from '../../src/audit/event.ts';
import { verifyJournal } from '../../src/store/moving/check/verify.ts';
import type { AuditEvent } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { personReport } from '../../src/tracker/index.ts';
import { timeOrderedId } from '../../src/world.ts';
import * as s from '../support/store/samples.ts';

/**
 * The time of a person's report, and of `mgn audit verify`, over a trail of a million events, which the store writes as it writes those
 * of a gateway: `node test/bench/person-report.ts [events]`. One person in a hundred has a Task that is read a thousand times more.
 */
const events = Number(process.argv[2] ?? 1_000_000);
const perPerson = 50;
const persons = Math.ceil(events / perPerson);
const folder = mkdtempSync(join(tmpdir(), 'person-report-'));
const file = join(folder, 'store.db');
const store = await openSqliteStore(file);
let clock = Date.UTC(2026, 0, 1);
const id = () => timeOrderedId(clock);
const partner = { id: 'registration-team', name: 'Team' };
const bsnOf = (n: number) => `9999${String(n).padStart(5, '0')}`;
const started = performance.now();

const read = (references: readonly string[], action: 'R' | 'C' = 'R'): AuditEvent =>
  auditEvent({
    id: id(),
    at: new Date(clock),
    action,
    interaction: action === 'C' ? 'accept' : 'read',
    outcome: 'success',
    codes: [],
    partner,
    requestId: id(),
    traceId: id(),
    references,
  });

const own: string[][] = [];
async function sendReferral(n: number): Promise<void> {
  clock += 1_000;
  const [patient, order, task] = [id(), id(), id()];
  own[n] = [`Patient/${patient}`, `ServiceRequest/${order}`, `Task/${task}`];
  const reference = { reference: `Patient/${patient}` };
  const requestId = id();
  await store.commit({
    now: new Date(clock),
    message: s.message(requestId, { id: id(), traceId: id(), receivedAt: new Date(clock) }),
    changes: [
      s.create(s.patient(patient, bsnOf(n)), 'registration-team'),
      s.create({ ...s.task(order), resourceType: 'ServiceRequest', subject: reference } as never, 'registration-team'),
      s.create(s.task(task, { for: reference, focus: { reference: `ServiceRequest/${order}` } }), 'registration-team'),
    ],
    audit: [read(own[n], 'C')],
  });
}

for (let start = 0; start < persons; start += 256)
  await Promise.all(Array.from({ length: Math.min(256, persons - start) }, (_, n) => sendReferral(start + n)));
let written = persons;
// as gateways write them: those of one group of requests together, of different persons
while (written < events) {
  const batches = Array.from({ length: 32 }, () =>
    Array.from({ length: 32 }, () => {
      clock += 10;
      const n =
        Math.random() < 0.5 ? Math.floor((Math.random() * persons) / 100) * 100 : Math.floor(Math.random() * persons);
      return read([own[n]![Math.floor(Math.random() * 3)]!]);
    }),
  );
  await Promise.all(batches.map((it) => store.appendAudit(it)));
  written += 1_024;
}
const seconds = (performance.now() - started) / 1_000;
console.log(
  `${written} events of ${persons} persons, ${(statSync(file).size / 1e6).toFixed(0)} MB, written in ${seconds.toFixed(0)} s`,
);

for (const [name, n] of [
  ['one that is seldom read', 1],
  ['one that is read most', 100],
] as const)
  for (const which of [{ bsn: bsnOf(n) }, { patient: own[n]![0]!.slice('Patient/'.length) }]) {
    const [before, cpu] = [performance.now(), process.cpuUsage()];
    const report = await personReport(store, which);
    const by = 'bsn' in which ? 'BSN' : 'Patient';
    const { user, system } = process.cpuUsage(cpu);
    const milliseconds = (performance.now() - before).toFixed(0);
    console.log(
      `${name}, by ${by}: ${report?.lines.length} lines in ${milliseconds} ms (${((user + system) / 1_000).toFixed(0)} ms of CPU)`,
    );
  }
await store.close();

const [before, cpu] = [performance.now(), process.cpuUsage()];
const result = await verifyJournal({ kind: 'sqlite', file }, {});
if (!result.ok || result.value.problems.length > 0) throw new Error('the trail does not verify');
const { user, system } = process.cpuUsage(cpu);
const took = ((performance.now() - before) / 1_000).toFixed(1);
console.log(
  `mgn audit verify: ${result.value.verified} entries in ${took} s (${((user + system) / 1e6).toFixed(1)} s of CPU), ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB of memory`,
);
rmSync(folder, { recursive: true });
