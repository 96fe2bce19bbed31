import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ServiceRequest } from '@medplum/fhirtypes';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvent } from '../../src/audit/event.ts';
import { startPartnerSystem } from '../../src/demo/partner-system.ts';
import { openStore } from '../../src/main.ts';
import type { RetentionPlace, Store } from '../../src/store/port.ts';
import { type PersonReport, personReport, reportAsHtml, reportAsText } from '../../src/tracker/index.ts';
import * as s from '../support/store/samples.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The report for a person: who saw what, when, and on which ground. */

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
  'utf8',
);
const bsn = /"value": ?"(9999\d{5})"/.exec(referral)![1]!;
const otherBsn = '999900018';

let gateway: TestGateway;
let team: Awaited<ReturnType<typeof startPartnerSystem>>;
let task: string;
const patients: string[] = [];

async function send(text: string): Promise<string> {
  const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: text });
  expect(sent.status, sent.text).toBe(200);
  const order = await gateway.ask('GET', `/fhir/${locationOf(sent, 'ServiceRequest')}`, { as: 'gp-de-linde' });
  patients.push(resourceOf<ServiceRequest>(order).subject.reference!.split('/')[1]!);
  return locationOf(sent, 'Task')!;
}

beforeAll(async () => {
  team = await startPartnerSystem('registration-team', { base: () => gateway.url, token: '' }, () =>
    crypto.randomUUID(),
  );
  gateway = await startGateway({ addresses: { 'registration-team': team.base } });
  task = await send(referral);
  await send(referral.replaceAll(bsn, otherBsn));
  while ((await gateway.store.dispatches({ state: 'delivered', count: 9 })).items.length < 2) await setTimeout(20);
  await gateway.ask('GET', `/fhir/${task}`, { as: 'registration-team' });
  // one search, of both persons
  await gateway.ask('GET', '/fhir/Task', { as: 'registration-team' });
  // somebody who may not read it
  await gateway.ask('GET', `/fhir/Patient/${patients[0]}`, { as: 'ggz-de-kade' });
});
afterAll(async () => {
  await gateway.stop();
  await team.close();
});

const reportOf = async (which: Parameters<typeof personReport>[1]): Promise<PersonReport> => {
  const report = await personReport(gateway.store, which);
  expect(report).toBeDefined();
  return report!;
};

test('by BSN and by Patient the same: what was sent, disclosed, delivered and read, with who and the ground', async () => {
  const report = await reportOf({ bsn });
  expect(await reportOf({ patient: patients[0]! })).toEqual(report);
  const short = report.lines.map(({ interaction, who, recipient }) => [interaction, who?.id, recipient?.id]);
  expect(short).toEqual(
    expect.arrayContaining([
      ['accept', 'gp-de-linde', undefined],
      ['disclose', 'mgn-gateway', 'registration-team'],
      ['deliver', 'mgn-gateway', 'registration-team'],
      ['read', 'registration-team', undefined],
      ['search-type', 'registration-team', undefined],
      ['read', 'ggz-de-kade', undefined],
    ]),
  );
  expect(report.lines.find(({ who }) => who?.id === 'ggz-de-kade')).toMatchObject({ outcome: 'refused' });
  const disclosed = report.lines.find(({ interaction }) => interaction === 'disclose');
  expect(disclosed).toMatchObject({ legalBasis: 'referral-within-care', purpose: 'referral' });
  const read = report.lines.find(({ interaction, who }) => interaction === 'read' && who?.id === 'registration-team');
  expect(read, 'the ground of the disclosure before').toMatchObject({
    legalBasis: 'referral-within-care',
    types: ['Task'],
  });
  expect(
    report.lines.find(({ interaction, who }) => interaction === 'read' && who?.id === 'gp-de-linde'),
  ).toMatchObject({ isSender: true });
});

test('one event of several persons is in the report of each, and the others are not in it', async () => {
  const [one, other] = [await reportOf({ bsn }), await reportOf({ bsn: otherBsn })];
  for (const report of [one, other]) {
    expect(report.patients).toBe(1);
    expect(report.lines.filter(({ interaction }) => interaction === 'search-type')).toHaveLength(1);
    expect(report.lines.filter(({ interaction }) => interaction === 'accept')).toHaveLength(1);
    expect(report.lines.filter(({ interaction }) => interaction === 'deliver')).toHaveLength(
      report.lines.filter(({ interaction, recipient }) => interaction === 'deliver' && recipient?.id).length,
    );
  }
});

test('over all Patients of the person: each referral has one of its own', async () => {
  await send(referral);
  const report = await reportOf({ patient: patients[0]! });
  expect(report.patients).toBe(2);
  expect(report.lines.filter(({ interaction }) => interaction === 'accept')).toHaveLength(2);
});

describe('of a store', () => {
  let store: Store;
  beforeEach(async () => {
    const opened = await openStore('sqlite::memory:');
    if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
    store = opened.value;
  });
  afterEach(() => store.close());
  const party = (id: string) => ({ id, name: id });
  const refer = (person: string, number: string, more: readonly string[] = []) =>
    s.commit(store, {
      message: s.message(`r-${person}`),
      changes: [
        s.create(s.patient(person, number), 'a'),
        s.create(s.task(`t-${person}`, { status: 'completed', for: { reference: `Patient/${person}` } }), 'a'),
      ],
      audit: [
        auditEvent({
          id: `a-${person}`,
          at: s.at(0),
          action: 'C',
          interaction: 'accept',
          outcome: 'success',
          codes: [],
          partner: party('gp'),
          requestId: `r-${person}`,
          references: [`Patient/${person}`, `Task/t-${person}`, ...more],
        }),
      ],
    });
  const attempt = (delivery: string, second: number, outcome: 'refused' | 'failed' | 'success', recipient = 'team') =>
    auditEvent({
      id: `${delivery}-${second}`,
      at: s.at(second),
      action: 'R',
      interaction: 'deliver',
      outcome,
      codes: [],
      requestId: delivery,
      correlationId: 'r-p1',
      partner: party('mgn-gateway'),
      recipient: party(recipient),
    });

  test('the attempts to deliver one thing that failed are one line, with how many, the first and the last', async () => {
    await refer('p1', '999900006');
    await store.appendAudit([
      ...Array.from({ length: 20 }, (_, n) => attempt('d1', 10 + n, 'refused')),
      attempt('d2', 15, 'refused', 'other'),
      attempt('d1', 40, 'failed'),
      attempt('d1', 50, 'success'),
    ]);
    const report = await personReport(store, { bsn: '999900006' });
    const short = report!.lines.map((it) => [it.interaction, it.outcome, it.recipient?.id, it.count, it.at, it.until]);
    const time = (second: number) => s.at(second).toISOString();
    expect(short).toEqual([
      ['accept', 'success', undefined, 1, time(0), undefined],
      ['deliver', 'refused', 'team', 21, time(10), time(40)],
      ['deliver', 'refused', 'other', 1, time(15), undefined],
      ['deliver', 'success', 'team', 1, time(50), undefined],
    ]);
    const text = reportAsText(report!, 'nl', 'Europe/Amsterdam').join('\n');
    expect(text).toContain('Dat lukte niet. (21×, de laatste keer op 22 november 2026 om 10:00)');
  });

  test('whose Patient the retention removed is found by BSN and by the id, until its audit trail goes too', async () => {
    await refer('p1', '999900006');
    await refer('p2', '999900018');
    await store.appendAudit([attempt('d1', 5, 'success')]);
    const before = await personReport(store, { bsn: '999900006' });
    const run = async (terms: { content?: Date; audit?: Date }, second: number) => {
      for (let from: RetentionPlace | undefined = { kind: 'entry', after: 0 }; from; )
        from = (await store.removeExpired(terms, { from, now: s.at(second), network: 'Netwerk' })).next;
    };
    await run({ content: s.at(10) }, 20);
    expect(await store.read('Patient', 'p1')).toBeUndefined();
    const after = await personReport(store, { bsn: '999900006' });
    expect(after).toMatchObject({ patients: 1 });
    expect(after!.lines.slice(0, -1)).toEqual(before!.lines);
    expect(after!.lines.at(-1)).toMatchObject({ interaction: 'retention', types: ['Patient', 'Task'] });
    expect(await personReport(store, { patient: 'p1' })).toEqual(after);
    // one that was referred again has both
    await refer('p3', '999900006');
    for (const which of [{ bsn: '999900006' }, { patient: 'p3' }])
      expect((await personReport(store, which))?.patients, JSON.stringify(which)).toBe(2);
    await run({ audit: s.at(15) }, 25);
    expect((await personReport(store, { bsn: '999900018' }))?.lines.map(({ interaction }) => interaction)).toEqual([
      'retention',
    ]);
    await run({ audit: s.at(30) }, 40);
    expect(await personReport(store, { bsn: '999900018' })).toBeUndefined();
    expect(await personReport(store, { patient: 'p1' })).toBeUndefined();
  });

  test('of a removal that concerned two persons: what was of which is not known, and only the Patient counts', async () => {
    await refer('p1', '999900006');
    await refer('p2', '999900018');
    await s.commit(store, {
      message: s.message('both'),
      changes: [
        s.create(
          s.task('both', { status: 'completed', partOf: [{ reference: 'Task/t-p1' }, { reference: 'Task/t-p2' }] }),
          'a',
        ),
      ],
    });
    for (let from: RetentionPlace | undefined = { kind: 'entry', after: 0 }; from; )
      from = (await store.removeExpired({ content: s.at(10) }, { from, now: s.at(20), network: 'Netwerk' })).next;
    const report = await personReport(store, { bsn: '999900006' });
    expect(report?.lines.map(({ interaction, types }) => [interaction, types])).toEqual([
      ['accept', ['Patient']],
      ['retention', ['Patient']],
    ]);
  });
});

test('a person that the gateway does not have', async () => {
  expect(await personReport(gateway.store, { bsn: '999900006' })).toBeUndefined();
  expect(await personReport(gateway.store, { patient: 'none' })).toBeUndefined();
});

test('in words: Dutch and English, as text and as a page without script; nothing of the content', async () => {
  const report = await reportOf({ bsn });
  const dutch = reportAsText(report, 'nl', 'Europe/Amsterdam').join('\n');
  expect(dutch).toContain('heeft gegevens over u bekeken.');
  expect(dutch).toContain('Waarom dat mocht: u bent verwezen, en deze gegevens horen bij die verwijzing');
  expect(dutch).toMatch(
    /Huisartsenpraktijk De Linde heeft gegevens over u gestuurd\.\n {2}Welke gegevens: wie u bent, /,
  );
  const english = reportAsText(report, 'en', 'Europe/Amsterdam').join('\n');
  expect(english).toContain('read data about you.');
  const page = reportAsHtml(report, 'nl', 'Europe/Amsterdam');
  expect(page).toContain('<html lang="nl">');
  expect(page).not.toMatch(/<script|src=|href=/);
  for (const text of [dutch, english, page]) {
    expect(text).not.toContain(bsn);
    expect(text, 'every interaction has a sentence').not.toMatch(
      /did something with data about|heeft iets gedaan met gegevens over/,
    );
  }
});

test('the name of a party is text in the page', () => {
  const lines = [
    {
      at: '2026-11-30T10:00:00Z',
      interaction: 'read',
      outcome: 'success',
      who: { id: 'x', name: '<b onload="x">' },
      types: ['Task'],
      isSender: false,
      count: 2,
    },
  ] as const;
  const page = reportAsHtml({ patients: 1, references: [], lines }, 'en', 'Europe/Amsterdam');
  expect(page).toContain('&lt;b onload=&quot;x&quot;&gt; read data about you. (2×)');
  expect(page).toContain('30 November 2026 at 11:00');
  expect(reportAsText({ patients: 1, references: [], lines: [] }, 'nl', 'Europe/Amsterdam')).toContain(
    'Er is niets met uw gegevens gedaan.',
  );
});

test('by an operation, for the operator only; the request is in the next report', async () => {
  const ask = (as: string, accept = 'application/fhir+json', more = {}) =>
    gateway.ask('GET', `/fhir/Patient/${patients[0]}/$disclosures`, { as, headers: { accept, ...more } });
  expect((await ask('registration-team')).status).toBe(403);
  const found = await ask('operator');
  expect(found.status, found.text).toBe(200);
  const { parameter } = JSON.parse(found.text) as { parameter: { part: { name: string; valueCode?: string }[] }[] };
  const names = parameter.map(({ part }) => part.find(({ name }) => name === 'interaction')?.valueCode);
  expect(names).toEqual(expect.arrayContaining(['accept', 'disclose', 'deliver', 'read']));
  const page = await ask('operator', 'text/html,application/xhtml+xml;q=0.9');
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.text).toContain('heeft dit overzicht opgevraagd.');
  expect((await ask('operator', 'text/html', { 'accept-language': 'en-GB' })).text).toContain('requested this report.');
  const other = await gateway.ask('GET', `/fhir/Patient/${crypto.randomUUID()}/$disclosures`, { as: 'operator' });
  expect(other.status).toBe(404);
});
