/**
 * Routing with a directory of the size of a country, and of 4 and 16 countries: npm run bench:routing [-- 1 4 16]
 * The sizes take turns in one process, so that whatever else the machine does meets all of them alike.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, HealthcareService } from '@medplum/fhirtypes';
import { loadNetwork, openCurrentNetwork } from '../../src/directory/index.ts';
import { directoryOrganizations, directoryServices } from '../../src/directory/load/organizations-and-services.ts';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { writeJson } from '../../src/fhir/json.ts';
import {
  type Availability,
  availabilityOf,
  compileRanking,
  compileRoutes,
  type DirectorySnapshot,
  proposalParameters,
  proposePlaces,
  route,
  setAvailability,
  snapshotOf,
} from '../../src/routing/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { caseInput, rankingText, routesText, sound } from '../support/routing/demo-network.ts';
import { centres, chance, directoryOf, municipalities, nation } from './national.ts';
import { writeNetwork } from './national-network.ts';
import { heap, milliseconds, quantile, say, spread, timed } from './timing.ts';

const now = new Date('2026-11-22T10:00:00Z');
const norms = { staleAfterDays: 45, intakeWeeks: 4, treatmentWeeks: 10, totalWeeks: 14, longestWeeks: 156 };
const ranking = sound(compileRanking(rankingText(), 'mappings/ranking.yaml'));
const specialist = `${mgnCodeSystem('service-type')}|specialist-ggz`;

type Work = { readonly name: string; readonly runs: number; readonly once: (index: number) => unknown };

/** Referrals of people from all over the country: to the team of their municipality, and to specialist ggz that has places. */
function referrals(from: string, postcodes: () => string): Bundle[] {
  return Array.from({ length: 200 }, (): Bundle => {
    const graph: Bundle = structuredClone(caseInput(from));
    for (const { resource } of graph.entry ?? [])
      if (resource?.resourceType === 'Patient') resource.address = [{ use: 'home', postalCode: postcodes() }];
    return graph;
  });
}

function workOn(directory: DirectorySnapshot): readonly Work[] {
  const routes = sound(compileRoutes(routesText(), 'mappings/routes.yaml', directory));
  const next = chance(7);
  const postcode = () => `${1000 + Math.floor(next() * 9000)} AB`;
  const decide = (graphs: readonly Bundle[]) => (index: number) =>
    route(routes, directory, { graph: graphs[index % graphs.length]!, source: 'gateway-profile', now });
  const propose = (from: Parameters<typeof proposePlaces>[0]['from']) => {
    const question = { types: [specialist], group: null, from, isOwnRequest: false, referring: undefined, exclude: [] };
    const offer = { directory, availability: directory.availability, norms, ranking };
    const proposal = proposePlaces({ ...question, today: '2026-11-22' }, offer);
    return writeJson(proposalParameters(proposal, norms));
  };
  const anywhere = () => municipalities[Math.floor(next() * municipalities.length)]?.code ?? '';
  return [
    { name: 'a decision by catchment', runs: 200, once: decide(referrals('municipality-zonnerveen', postcode)) },
    { name: 'a decision by places, wait and distance', runs: 200, once: decide(referrals('transfer-full', postcode)) },
    {
      name: 'a proposal for a municipality, written out',
      runs: 50,
      once: () => propose({ residence: 'inside', municipality: anywhere(), postcode: null }),
    },
    { name: 'a proposal for the whole country, written out', runs: 10, once: () => propose('anywhere') },
  ];
}

/** What routing holds of a directory, without its resources. */
function indexed(factor: number): DirectorySnapshot {
  type Made = ReturnType<typeof directoryOf> extends Generator<infer R> ? R : never;
  const organized: { resource: Made; file: string }[] = [];
  const services: ReturnType<typeof directoryServices>['value'][number][] = [];
  const availability = new Map<string, Availability>();
  const none = { waitingTimes: [] };
  const next = chance(3);
  const somewhere = () => centres.get(String(1_000 + Math.floor(next() * 9_000)));
  let organizations: ReturnType<typeof directoryOrganizations>['value'] | undefined;
  for (const resource of directoryOf(factor)) {
    const one = { resource, file: '' };
    if (resource.resourceType === 'HealthcareService') {
      organizations ??= directoryOrganizations(organized, 'Organization/o0', new Map()).value;
      services.push(...directoryServices([one], organizations, somewhere).value);
      availability.set(`HealthcareService/${resource.id}`, availabilityOf(resource));
    } else if (resource.resourceType !== 'Endpoint') organized.push(one);
  }
  return snapshotOf({
    services,
    organizations: [...(organizations?.values() ?? [])],
    municipalities,
    registrationTeam: 'HealthcareService/s0',
    digest: String(factor),
    centres,
    availability: (it) => availability.get(it) ?? none,
    norms,
    dayOf: () => '2026-11-22',
  });
}

/** A country as a network's own folder: files, load, log of the store, one new waiting time. */
async function whole(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-national-'));
  try {
    say('1 x, whole: as the own folder of a network');
    const before = heap();
    writeNetwork(folder);
    const network = sound(await timed('load the files', () => loadNetwork(folder)));
    say(`  ${network.resources.length} resources, ${heap() - before} MiB of heap`);
    const store = await openSqliteStore(join(folder, 'store.db'));
    const living = await timed('write the log for the first time', () => openCurrentNetwork(network, store, now));
    await timed('compare with the log at a later start', () => openCurrentNetwork(network, store, now));
    const service = network.resource('HealthcareService/s1000') as HealthcareService;
    const told = setAvailability(service, { capacity: { status: 'limited', assessedOn: '2026-11-20' } });
    const change = { source: 'network', type: 'HealthcareService', id: 's1000', text: writeJson(told), expect: 1 };
    await timed('a new figure, stored and known', async () => {
      await store.commit({ now, directory: [change] });
      await living.refresh();
    });
    say(`  ${heap() - before} MiB of heap with the log followed`);
    await store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv
  .slice(2)
  .map(Number)
  .filter((it) => it > 0);
const factors = wanted.length > 0 ? wanted : [1, 4, 16];
const sizes: { readonly factor: number; readonly works: readonly (Work & { readonly took: number[] })[] }[] = [];
for (const factor of factors) {
  const before = heap();
  const start = performance.now();
  const directory = indexed(factor);
  const took = milliseconds(performance.now() - start);
  say(
    `${factor} x: ${nation.organizations * factor} organisations, ${nation.services * factor} services; made and indexed in ${took}, ${heap() - before} MiB of heap`,
  );
  sizes.push({ factor, works: workOn(directory).map((it) => ({ ...it, took: [] })) });
}

const rounds = 8;
for (let round = 0; round < rounds; round++)
  for (const { works } of sizes)
    for (const { runs, once, took } of works)
      for (let run = 0; run < runs; run++) {
        const start = performance.now();
        once(round * runs + run);
        // in the first two rounds everything is compiled and indexed
        if (round > 1) took.push(performance.now() - start);
      }
for (const [index, { name }] of (sizes[0]?.works ?? []).entries()) {
  say(name);
  for (const { factor, works } of sizes) say(`  ${factor} x: ${spread(works[index]?.took ?? [])}`);
}
const [first] = sizes;
const slow = (first?.works ?? []).filter(
  ({ took, name }) => quantile(took, 0.95) > (name.includes('decision') ? 5 : 10),
);
say(
  `At ${first?.factor} x a decision is to take less than 5 ms (p95), a proposal less than 10 ms: ${slow.length === 0 ? 'so it is' : `not so: ${slow.map(({ name }) => name).join(', ')}`}.`,
);
sizes.length = 0;
if (factors.includes(1)) await whole();
if (slow.length > 0) process.exitCode = 1;
