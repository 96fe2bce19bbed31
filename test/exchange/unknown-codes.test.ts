import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Parameters } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublishedMap } from '../../src/exchange/maps/published-map.ts';
import { unknownCodeList } from '../../src/exchange/maps/unknown-codes.ts';
import { mgn as runMgn } from '../support/cli/mgn.ts';
import { resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const root = join(import.meta.dirname, '../..');
const referral = readFileSync(join(root, 'examples/messages/120-ref-i12/input.hl7'), 'utf8');
const map = 'https://mgn.example/fhir/StructureMap/ref-i12';
const folder = mkdtempSync(join(tmpdir(), 'mgn-unknown-'));
const file = join(folder, 'gateway.db');

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ store: `sqlite:${file}` });
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const send = (control: string, priority: string) =>
  gateway.ask('POST', '/intake/referral', {
    as: 'gp-de-linde',
    body: referral.replaceAll('R-120', control).replace('R^Routine', priority),
    contentType: 'x-application/hl7-v2+er7',
    requestId: null,
  });

test('the operator sees each code that no table knows once, with the messages that carried it', async () => {
  for (const [control, priority] of [
    ['U-1', 'X^Zodra het kan'],
    ['U-2', 'X^Zodra het kan'],
    ['U-3', 'R^Routine'],
    ['U-4', 'mevrouw belt zelf^x'],
    ['U-5', '999901102^x'],
  ] as const)
    expect((await send(control, priority)).status).toBe(200);
  const answer = await gateway.ask('GET', '/fhir/StructureMap/$unknown-codes', { as: 'operator' });
  const lines = (resourceOf<Parameters>(answer).parameter ?? []).map(({ part = [] }) => ({
    code: part.find(({ name }) => name === 'code')?.valueString,
    count: part.find(({ name }) => name === 'count')?.valueInteger,
    messages: part.filter(({ name }) => name === 'message').map(({ valueString }) => valueString),
    asked: part
      .filter(({ name }) => name === 'map' || name === 'table')
      .map((it) => it.valueCanonical ?? it.valueString),
  }));
  expect(lines.map(({ code, count }) => [code, count])).toEqual([
    ['X', 2],
    [undefined, 1],
    [undefined, 1],
  ]);
  expect(lines[0]?.asked).toEqual([map, '#Priority']);
  for (const id of lines.flatMap(({ messages }) => messages))
    expect((await gateway.store.message(id ?? ''))?.partner).toBe('gp-de-linde');
  expect(answer.text, 'nothing that somebody wrote').not.toMatch(/Zodra|mevrouw|99990110/);
});

test('nobody else may see it', async () => {
  const other = await gateway.ask('GET', '/fhir/StructureMap/$unknown-codes', { as: 'gp-de-linde' });
  expect([other.status, rulesOf(other)]).toEqual([403, ['operator-only']]);
  const posted = await gateway.ask('POST', '/fhir/StructureMap/$unknown-codes', { as: 'operator', body: '{}' });
  expect(posted.status).toBe(405);
});

test('mgn unknown-codes tells the same beside a gateway that runs', async () => {
  const mgn = (...more: string[]) => runMgn(['unknown-codes', '--store', `sqlite:${file}`, ...more]);
  const { out } = await mgn();
  expect(out).toMatch(/^#Priority {2}X {2}queue {2}2x$/m);
  expect(out).toContain('(no code: see the message)');
  expect(out).toMatch(/^3 unknown$/m);
  const json = (await mgn('--json')).out.trim().split('\n');
  expect(json.map((it) => JSON.parse(it).count)).toEqual([2, 1, 1]);
});

test('a code leaves the list when the table of its map knows it', async () => {
  const mapThatKnows = (...codes: string[]): PublishedMap => {
    const find = ({ code }: { code: string }) => (codes.includes(code) ? [] : undefined);
    const table = (name: string) => (name === '#Priority' ? { name, find, unmapped: 'queue' as const } : undefined);
    const found = gateway.running.gateway.maps.find((it) => it.map.url === map)!;
    return { ...found, map: { ...found.map, table } };
  };
  const { store } = gateway;
  expect(await unknownCodeList({ store, maps: [mapThatKnows()] })).toHaveLength(3);
  expect(await unknownCodeList({ store, maps: [mapThatKnows('X')] })).toHaveLength(2);
  const elsewhere = { ...mapThatKnows('X'), map: { ...mapThatKnows('X').map, url: 'https://example.org/another' } };
  expect(await unknownCodeList({ store, maps: [elsewhere] }), 'the table of another map').toHaveLength(3);
});
