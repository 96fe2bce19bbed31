/**
 * Routing with a directory of the size of a country, and of 4 and 16 countries: npm run bench:routing [-- 1 4 16]
 * Tells how long loading, an update, a decision and a proposal take, and how much memory the directory holds.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bundle, HealthcareService } from '@medplum/fhirtypes';
import { directoryOrganizations, directoryServices } from '../../src/directory/entries.ts';
import { loadNetwork, openLivingNetwork } from '../../src/directory/index.ts';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { writeJson } from '../../src/fhir/json.ts';
import {
  compileRanking,
  compileRoutes,
  type DirectorySnapshot,
  proposePlaces,
  route,
  setFigures,
  snapshotOf,
} from '../../src/routing/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { caseInput, rankingText, routesText, sound } from '../routing/demo.ts';
import { chance, directoryOf, municipalities, nation } from './national.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => {
  collect();
  return Math.round(process.memoryUsage().heapUsed / 1_048_576);
};
const say = (text: string) => process.stdout.write(`${text}\n`);
const milliseconds = (it: number) => (it >= 100 ? `${Math.round(it)} ms` : `${it.toFixed(2)} ms`);

async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  say(`  ${name}: ${milliseconds(performance.now() - start)}`);
  return value;
}

/** Of many runs: the middle one, the one in twenty, the slowest. */
function distribution(name: string, runs: number, work: (index: number) => unknown): number {
  for (let index = 0; index < Math.min(runs, 50); index++) work(index);
  const took = Array.from({ length: runs }, (_, index) => {
    const start = performance.now();
    work(index);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  say(
    `  ${name}: p50 ${milliseconds(at(0.5))}, p95 ${milliseconds(at(0.95))}, slowest ${milliseconds(at(1))} (${runs} runs)`,
  );
  return at(0.95);
}

const now = new Date('2026-11-22T10:00:00Z');
const empty = { waitingTimes: [] };
const norms = { staleAfterDays: 45, intakeWeeks: 4, treatmentWeeks: 10, totalWeeks: 14, longestWeeks: 156 };

/** Referrals of people from all over the country, each to be routed by the rules of the demo network. */
function decisions(directory: DirectorySnapshot, runs: number): number {
  const routes = sound(compileRoutes(routesText(), 'mappings/routes.yaml', directory));
  const next = chance(7);
  const referrals = Array.from({ length: 200 }, (): Bundle => {
    const graph: Bundle = structuredClone(caseInput('municipality-zonnerveen'));
    for (const { resource } of graph.entry ?? [])
      if (resource?.resourceType === 'Patient')
        resource.address = [{ postalCode: `${1000 + Math.floor(next() * 9000)} AB` }];
    return graph;
  });
  const decide = (index: number) => {
    const graph = referrals[index % referrals.length] as Bundle;
    return route(routes, directory, { graph, source: 'gateway-profile', now });
  };
  const { kind, candidates } = decide(0);
  say(`  a decision looks at ${candidates.length} services and is: ${kind}`);
  return distribution('a routing decision', runs, decide);
}

function proposals(
  directory: DirectorySnapshot,
  figures: Parameters<typeof proposePlaces>[1]['figures'],
  runs: number,
): void {
  const ranking = sound(compileRanking(rankingText(), 'mappings/ranking.yaml'));
  const next = chance(11);
  distribution('a proposal of specialist ggz in a municipality', runs, () => {
    const municipality = municipalities[Math.floor(next() * municipalities.length)]?.code ?? '';
    const question = {
      types: [`${mgnCodeSystem('service-type')}|specialist-ggz`],
      group: null,
      from: { residence: 'inside' as const, municipality, postcode: null },
      isOwnRequest: false,
      referring: undefined,
      exclude: [],
      today: '2026-11-22',
    };
    return proposePlaces(question, { directory, figures, norms, ranking });
  });
}

/** A country as a network's own folder: files, load, log of the store, one new waiting time. */
async function whole(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-national-'));
  try {
    const before = heap();
    writeNetwork(folder);
    const network = sound(await timed('load the files', () => loadNetwork(folder)));
    say(`  ${network.resources.length} resources, ${heap() - before} MiB of heap`);
    const store = await openSqliteStore(join(folder, 'store.db'));
    const living = await timed('write the log for the first time', () => openLivingNetwork(network, store, now));
    await timed('compare with the log at a later start', () => openLivingNetwork(network, store, now));
    const service = network.resource('HealthcareService/s1000') as HealthcareService;
    const told = setFigures(service, { capacity: { status: 'limited', assessedOn: '2026-11-20' } });
    const change = { source: 'network', type: 'HealthcareService', id: 's1000', text: writeJson(told), expect: 1 };
    await timed('a new figure, stored and known', async () => {
      await store.commit({ now, directory: [change] });
      await living.refresh();
    });
    say(`  ${heap() - before} MiB of heap with the log followed`);
    const p95 = decisions(living.current().directory, 2_000);
    proposals(living.current().directory, living.current().figures, 100);
    await store.close();
    return p95;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeNetwork(folder: string): void {
  const demo = join(import.meta.dirname, '../../examples/network');
  const settings = readFileSync(join(demo, 'network.yaml'), 'utf8')
    .replace(/^organization: .*$/m, 'organization: Organization/o0')
    .replace(/^registration-team: .*$/m, 'registration-team: HealthcareService/s0')
    .replace(/^notifications:\n(?:[ #].*\n|\n)*/m, '')
    .replace(/^watchdog:\n(?:[ #].*\n|\n)*/m, '');
  cpSync(demo, folder, { recursive: true, filter: (it) => !it.endsWith('directory') });
  writeFileSync(join(folder, 'network.yaml'), settings);
  writeFileSync(
    join(folder, 'partners.yaml'),
    `partners:\n  - id: bureau\n    name: Bureau\n    organization: Organization/o0\n    roles: [provider]\n    channel: inbox\n    tokens: [{ sha256: "${'0'.repeat(64)}", comment: nobody has it }]\n`,
  );
  const places = municipalities.map(
    ({ code, name, postcodes: [range] }) =>
      `  - { code: "${code}", name: ${name}, postcodes: ["${range?.from}-${range?.to}"] }`,
  );
  writeFileSync(join(folder, 'places.yaml'), `municipalities:\n${places.join('\n')}\n`);
  mkdirSync(join(folder, 'directory'));
  let part: string[] = [];
  let count = 0;
  const flush = () => {
    const text = `{"resourceType":"Bundle","type":"collection","entry":[${part.join(',')}]}`;
    writeFileSync(join(folder, 'directory', `${String(count++).padStart(4, '0')}.json`), text);
    part = [];
  };
  for (const resource of directoryOf(1)) {
    part.push(`{"resource":${JSON.stringify(resource)}}`);
    if (part.length === 5_000) flush();
  }
  flush();
}

/** What routing holds of a directory, without its resources. */
async function indexed(factor: number): Promise<number> {
  const before = heap();
  const snapshot = await timed('make and index', () => {
    const [filed, affiliated]: {
      resource: ReturnType<typeof directoryOf> extends Generator<infer R> ? R : never;
      file: string;
    }[][] = [[], []];
    const services: ReturnType<typeof directoryServices>['value'][number][] = [];
    let organizations: ReturnType<typeof directoryOrganizations>['value'] | undefined;
    for (const resource of directoryOf(factor)) {
      const one = { resource, file: '' };
      if (resource.resourceType === 'Organization') filed?.push(one);
      else if (resource.resourceType === 'OrganizationAffiliation') affiliated?.push(one);
      else if (resource.resourceType === 'HealthcareService') {
        organizations ??= directoryOrganizations(
          [...(filed ?? []), ...(affiliated ?? [])],
          'Organization/o0',
          new Map(),
        ).value;
        services.push(...directoryServices([one], organizations, () => undefined).value);
      }
    }
    return snapshotOf({
      services,
      organizations: [...(organizations?.values() ?? [])],
      municipalities,
      registrationTeam: 'HealthcareService/s0',
      digest: String(factor),
      figures: () => empty,
      norms,
      dayOf: () => '2026-11-22',
    });
  });
  say(`  ${snapshot.services.length} services, ${heap() - before} MiB of heap for the index`);
  const p95 = decisions(snapshot, 2_000);
  proposals(snapshot, () => empty, 50);
  return p95;
}

const factors = process.argv
  .slice(2)
  .map(Number)
  .filter((it) => it > 0);
let worst = 0;
for (const factor of factors.length > 0 ? factors : [1, 4, 16]) {
  say(
    `${factor} x (${nation.organizations * factor} organisations, ${nation.services * factor} services, ${nation.endpoints * factor} endpoints)`,
  );
  const p95 = await indexed(factor);
  if (factor === 1) {
    say('1 x, whole: as the own folder of a network');
    worst = Math.max(p95, await whole());
  }
}
say(`A decision at national size: p95 ${milliseconds(worst)}; aim: under 5 ms.`);
if (worst > 5) process.exitCode = 1;
