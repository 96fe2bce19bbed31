import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, BundleEntry, HealthcareService, Organization, Task } from '@medplum/fhirtypes';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mergeReplica } from '../../src/directory/current/merge-replica.ts';
import type { Network } from '../../src/directory/index.ts';
import { adopt } from '../../src/directory/replica/adopt.ts';
import type { DirectorySource } from '../../src/directory/replica/source.ts';
import { updateFrom } from '../../src/directory/replica/update.ts';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { writeJson } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, openStore, type Running, run } from '../../src/main.ts';
import { openClient } from '../../src/outbound/client.ts';
import { decisionRecord, explainDecisionRecord, route } from '../../src/routing/index.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { freePort } from '../support/free-port.ts';
import { caseInput } from '../support/routing/demo-network.ts';
import { asker, resourceOf } from '../support/test-gateway.ts';

const ends: (() => Promise<unknown>)[] = [];
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'mgn-replica-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

/** A network of its own that replicates another directory. */
async function follower(address: string, more = ''): Promise<string> {
  const folder = await mkdtemp(join(temporary, 'network-'));
  await cp(demoNetwork, folder, { recursive: true });
  const file = join(folder, 'network.yaml');
  const sources = `directory-sources:\n  - id: neighbour\n    address: ${address}\n    token-from: MGN_TEST_TOKEN\n    every-seconds: 3600\n${more}\n`;
  await writeFile(file, `${sources}${await readFile(file, 'utf8')}`);
  process.env.MGN_TEST_TOKEN = 'demo-gp-de-linde';
  return folder;
}

async function start(network: string, port = 0, store = 'sqlite::memory:'): Promise<Running> {
  const deciding = await openConfiguration({ network, ...(port ? { baseUrl: `http://127.0.0.1:${port}/fhir` } : {}) });
  const opened = await openStore(store);
  if (!deciding.ok || !opened.ok) throw new Error(JSON.stringify([deciding.issues, opened.issues]));
  return run(deciding.value, opened.value, { port, log: silent });
}

const known = ({ gateway }: Running, reference: string) => gateway.network.resource(reference);
const kade = 'HealthcareService/basic-ggz-de-kade';
const kadeThere = 'HealthcareService/neighbour.basic-ggz-de-kade';

test('a gateway replicates another one, survives its death, and catches up', async () => {
  const port = await freePort();
  const store = `sqlite:${join(temporary, 'first.db')}`;
  const first = await start(demoNetwork, port, store);
  const second = await start(await follower(`http://127.0.0.1:${port}/fhir`, '    members: true'));
  ends.push(() => second.stop());

  const [state] = await second.replication.update();
  expect(state?.last.held).toBeUndefined();
  expect(state?.last.invalid).toBe(0);
  const own = first.gateway.network.resources.length;
  const stored = await second.gateway.store.directory({ source: 'neighbour', latest: true, count: 10_000 });
  expect(stored.items).toHaveLength(own);
  const there = known(second, kadeThere) as HealthcareService;
  expect(there.providedBy?.reference).toBe('Organization/neighbour.ggz-de-kade');
  expect(there.meta?.source).toBe(`http://127.0.0.1:${port}/fhir/${kade}`);
  expect(second.gateway.network.directory.service(kadeThere)?.active).toBe(true);
  expect(second.gateway.network.availability(kadeThere).waitingTimes).toHaveLength(1);
  // its own come first where an identifier is in both
  const identifier = there.identifier?.[0] ?? {};
  expect(second.gateway.network.directory.serviceByIdentifier(identifier)?.reference).toBe(kade);

  const again = await second.replication.update();
  expect(again[0]?.last, 'to do it again changes nothing').toEqual({ written: 0, deleted: 0, invalid: 0 });

  await first.stop();
  const [away] = await second.replication.update();
  expect(away?.last.held).toEqual({ type: 'Organization', because: 'away' });
  expect(away?.upToDateAt, 'its age is told').toBeInstanceOf(Date);
  expect(known(second, kadeThere), 'what is known stays').toBeDefined();
  const ready = await asker(`http://127.0.0.1:${second.port}`)('GET', '/readyz');
  expect(ready.status, 'an old directory is no reason to take nothing in').toBe(200);
  expect(JSON.parse(ready.text).directories).toEqual([
    { source: 'neighbour', heardAt: away?.upToDateAt?.toISOString(), ageSeconds: expect.any(Number) },
  ]);

  const risen = await start(demoNetwork, port, store);
  ends.push(() => risen.stop());
  const ask = asker(`http://127.0.0.1:${port}`);
  const read = await ask('GET', `/fhir/${kade}`, { as: 'ggz-de-kade' });
  const service = resourceOf<HealthcareService>(read);
  const figure = service.extension?.find(({ url }) => url === mgnExtension('waiting-time'));
  for (const part of figure?.extension ?? [])
    if (part.url === 'intake') part.valueDuration = { ...part.valueDuration, value: 8 };
  const told = await ask('PUT', `/fhir/${kade}`, {
    as: 'ggz-de-kade',
    body: JSON.stringify(service),
    headers: { 'if-match': String(read.headers.etag) },
  });
  expect(told.status, told.text).toBe(200);
  const [caughtUp] = await second.replication.update();
  expect(caughtUp?.last.held).toBeUndefined();
  expect(caughtUp?.last.written).toBeGreaterThan(0);
  expect(second.gateway.network.availability(kadeThere).waitingTimes[0]?.intakeWeeks).toBe(8);
});

test('a decision records when the directory of a replicated service was last updated, and is reproducible', async () => {
  const port = await freePort();
  const first = await start(demoNetwork, port);
  ends.push(() => first.stop());
  const second = await start(await follower(`http://127.0.0.1:${port}/fhir`, '    members: true'));
  ends.push(() => second.stop());
  await second.replication.update();
  const { routes, network } = second.gateway;
  const graph = caseInput('named-owner');
  for (const { resource } of graph.entry ?? [])
    if (resource?.resourceType === 'Task')
      resource.owner = { reference: 'HealthcareService/neighbour.addiction-care-keerpunt' };
  const decide = () =>
    decisionRecord(
      route(routes, network.directory, { graph, source: 'gateway-profile', sender: 'gp-de-linde', now: new Date(0) }),
    );
  const heard = network.directory.sources[0]?.heardAt;
  expect(decide().parameter).toContainEqual({
    name: 'source',
    part: [
      { name: 'name', valueString: 'neighbour' },
      { name: 'heard-at', valueInstant: heard },
    ],
  });
  const once = decide();
  expect(explainDecisionRecord(once, 'nl')).toContain(
    `De adreslijst neighbour is voor het laatst gehoord op ${heard}.`,
  );
  await second.replication.update();
  expect(second.gateway.network.directory.digest, 'heard again, it is another snapshot').not.toBe(
    network.directory.digest,
  );
  expect(writeJson(decide()), 'a snapshot never changes').toBe(writeJson(once));
});

describe('the directory is served', () => {
  let running: Running;
  let ask: ReturnType<typeof asker>;
  beforeAll(async () => {
    running = await start(demoNetwork);
    ask = asker(`http://127.0.0.1:${running.port}`);
  });
  afterAll(() => running.stop());
  const found = async (query: string): Promise<string[]> => {
    const answer = await ask('GET', `/fhir/${query}`, { as: 'gp-de-linde' });
    expect(answer.status, answer.text).toBe(200);
    return (resourceOf<Bundle>(answer).entry ?? []).map(({ resource }) => resource?.id ?? '');
  };

  test('by name, by identifier and by type', async () => {
    expect(await found('Organization?name=jeugdpraktijk')).toEqual(['jeugdpraktijk-windveer']);
    expect(await found('Organization?identifier=http://fhir.nl/fhir/NamingSystem/kvk|99990301')).toEqual([
      'wijkteam-zonnerveen',
    ]);
    expect(await found('HealthcareService?type=crisis')).toEqual(['crisis-horizonland']);
    expect(await found('HealthcareService?type=crisis,social-work&name=crisis')).toHaveLength(1);
    expect(await found('Endpoint?_lastUpdated=lt2000-01-01')).toEqual([]);
  });

  test('page by page, each once, and refuses what it does not know', async () => {
    const all = await found('Organization?_count=1000');
    const pages: string[] = [];
    for (let url: string | undefined = 'Organization?_count=4'; url; ) {
      const bundle: Bundle = resourceOf<Bundle>(await ask('GET', `/fhir/${url}`, { as: 'gp-de-linde' }));
      pages.push(...(bundle.entry ?? []).map(({ resource }) => resource?.id ?? ''));
      url = bundle.link?.find(({ relation }) => relation === 'next')?.url?.replace(/^.*\/fhir\//, '');
    }
    expect(pages).toEqual(all);
    for (const query of ['Organization?address=x', 'Organization?name=', 'Endpoint/_history?_since=yesterday'])
      expect((await ask('GET', `/fhir/${query}`, { as: 'gp-de-linde' })).status).toBeGreaterThanOrEqual(400);
    expect((await ask('GET', '/fhir/Organization')).status).toBe(401);
  });

  test('with its changes since, and not with those of persons', async () => {
    const history = resourceOf<Bundle>(await ask('GET', '/fhir/Location/_history', { as: 'gp-de-linde' }));
    expect(history.type).toBe('history');
    expect(history.entry?.every(({ request }) => request?.method === 'POST')).toBe(true);
    expect(await found('Location/_history?_since=2999-01-01T00:00:00Z')).toEqual([]);
    expect((await ask('GET', '/fhir/Task/_history', { as: 'gp-de-linde' })).status).toBe(404);
  });
});

/** A source of our own making, to serve whatever a bad one might. */
async function source(answer: (url: URL) => { status?: number; headers?: Record<string, string>; body: unknown }) {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://source');
    asked.push(`${url.pathname}${url.search}`);
    const { status = 200, headers = {}, body } = answer(url);
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/fhir`;
  return { base, asked };
}

const empty = { resourceType: 'Bundle', type: 'searchset' };
const organizations = (count: number, at = '2026-11-01T10:00:00Z'): BundleEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    resource: {
      resourceType: 'Organization',
      id: `o${index}`,
      meta: { lastUpdated: at },
      name: `Organisatie ${index}`,
    },
  }));
const page = (entry: BundleEntry[], next?: string, type = 'searchset') => ({
  resourceType: 'Bundle',
  type,
  entry,
  ...(next ? { link: [{ relation: 'next', url: next }] } : {}),
});

/** The demo network with this directory, as `follower` configures it in YAML. */
async function following(base: string): Promise<Running> {
  const configured = await demoConfiguration();
  const from: DirectorySource = {
    ...{ id: 'neighbour', address: base, tokenFrom: 'MGN_TEST_TOKEN' },
    ...{ everySeconds: 3600, largestShrink: 0.5, members: false },
  };
  process.env.MGN_TEST_TOKEN = 'demo-gp-de-linde';
  const settings = { ...configured.network.settings, directorySources: [from] };
  const opened = await openStore('sqlite::memory:');
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  const network = { ...configured.network, settings };
  const running = await run({ ...configured, network }, opened.value, { port: 0, log: silent });
  ends.push(() => running.stop());
  await running.replication.update();
  return running;
}
const lastOf = async (running: Running) => (await running.replication.update())[0]?.last;
const count = async ({ gateway }: Running) =>
  (await gateway.store.directory({ source: 'neighbour', latest: true, count: 10_000 })).items.filter(
    ({ text }) => text !== undefined,
  ).length;

describe('a source that', () => {
  test.each([
    ['serves garbage', 'garbage', () => ({ body: '<html>' })],
    ['serves something else', 'garbage', () => ({ body: { resourceType: 'Patient' } })],
    ['refuses', 'refused', () => ({ status: 403, body: '' })],
    ['fails', 'away', () => ({ status: 500, body: '' })],
    ['loops its paging', 'loop', (url: URL) => ({ body: page(organizations(1), `${url.pathname}?again=1`) })],
    ['leads elsewhere', 'elsewhere', () => ({ body: page(organizations(1), 'http://localhost:1/fhir/Organization') })],
  ])('%s is held back, and nothing of it taken over', async (_, because, answer) => {
    const { base } = await source(answer);
    const running = await following(base);
    expect((await lastOf(running))?.held).toEqual({ type: 'Organization', because });
    expect(await count(running)).toBe(0);
  });

  test('has an invalid resource that is counted, while the others are replicated', async () => {
    const { base } = await source((url) =>
      url.pathname.endsWith('/Organization')
        ? {
            body: page([
              ...organizations(2),
              {
                resource: { resourceType: 'Organization', id: 'bad', name: 3 } as unknown as NonNullable<
                  BundleEntry['resource']
                >,
              },
              { resource: { resourceType: 'Location', id: 'l1' } },
            ]),
          }
        : { body: empty },
    );
    const running = await following(base);
    expect(await count(running)).toBe(2);
    expect(known(running, 'Organization/neighbour.o1')).toBeDefined();
  });

  test('is busy is retried at the time it requests', async () => {
    let refusals = 0;
    const { base } = await source((url) =>
      url.pathname.endsWith('/Organization') && refusals++ < 1
        ? { status: 429, headers: { 'retry-after': '1' }, body: '' }
        : { body: url.pathname.endsWith('/Organization') ? page(organizations(2)) : empty },
    );
    const before = Date.now();
    const running = await following(base);
    expect(await count(running)).toBe(2);
    expect(Date.now() - before).toBeGreaterThan(900);
  });

  test('was interrupted while being written catches up, whatever its order', async () => {
    const all = organizations(1_200).map((entry, index) => ({
      resource: {
        ...entry.resource,
        meta: { lastUpdated: new Date(Date.UTC(2026, 9, 1) - index * 600_000).toISOString() },
      } as NonNullable<BundleEntry['resource']>,
    }));
    const { base } = await source((url) => {
      const since = Date.parse(url.searchParams.get('_since') ?? '1970-01-01');
      const told = all.filter(({ resource }) => Date.parse(resource.meta?.lastUpdated ?? '') >= since);
      return {
        body: url.pathname.includes('/Organization') ? page(told, undefined, since ? 'history' : 'searchset') : empty,
      };
    });
    const store = await openSqliteStore(':memory:');
    ends.push(() => store.close());
    let commits = 0;
    const failing: Store = {
      ...store,
      commit: async (it) => {
        if (++commits === 2) throw new Error('the power went');
        return store.commit(it);
      },
    };
    const from = { id: 'neighbour', address: base, everySeconds: 60, largestShrink: 0.5, members: false };
    const client = openClient({ rules: () => undefined, timeout: 5_000, connections: 1 });
    const by = { world: { now: () => new Date(), newId: () => 'x' }, client };
    await expect(updateFrom(from, failing, by, () => true)).rejects.toThrow();
    expect((await updateFrom(from, store, by, () => true)).written).toBe(700);
    expect((await store.directory({ source: 'neighbour', latest: true, count: 5_000 })).items).toHaveLength(1_200);
  });

  test('shrinks by more than half at once is not applied; single deletions are', async () => {
    let history: BundleEntry[] = [];
    const { base, asked } = await source((url) => {
      if (url.pathname.endsWith('/Organization')) return { body: page(organizations(20)) };
      if (url.pathname.endsWith('/Organization/_history')) return { body: page(history, undefined, 'history') };
      return { body: empty };
    });
    const running = await following(base);
    expect(await count(running)).toBe(20);
    const gone = (id: number): BundleEntry => ({
      request: { method: 'DELETE', url: `Organization/o${id}` },
      response: { status: '204', lastModified: '2026-11-02T10:00:00Z' },
    });
    history = Array.from({ length: 18 }, (_, index) => gone(index));
    expect((await lastOf(running))?.held).toEqual({ type: 'Organization', because: 'shrinks' });
    expect(await count(running)).toBe(20);
    history = [gone(3), ...organizations(5, '2026-11-02T09:00:00Z')];
    expect(await lastOf(running)).toEqual({ written: 4, deleted: 1, invalid: 0 });
    expect(known(running, 'Organization/neighbour.o3')).toBeUndefined();
    expect(await count(running)).toBe(19);
    expect(asked.some((it) => it.includes('_history?_since=2026-11-01T09%3A59%3A00.000Z'))).toBe(true);
  });
});

describe('a service of another directory as the owner that a sender names', () => {
  const service = (id: string, providedBy: string): HealthcareService => ({
    resourceType: 'HealthcareService',
    id,
    active: true,
    name: `Service ${id}`,
    identifier: [{ system: 'https://elsewhere.example/services', value: id }],
    providedBy: { reference: `Organization/${providedBy}` },
  });
  const organization = (id: string, kvk: string): Organization => ({
    resourceType: 'Organization',
    id,
    active: true,
    name: `Organisation ${id}`,
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/kvk', value: kvk }],
    extension: [
      {
        url: mgnExtension('domain'),
        valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'care' }] },
      },
    ],
  });
  const address = 'https://elsewhere.example/fhir';
  const merged = async (): Promise<Network> => {
    const { network } = await demoConfiguration();
    const kadeKvk = network.directory
      .organization('Organization/ggz-de-kade')!
      .identifiers.find(({ system }) => system?.endsWith('/kvk'))!.value!;
    const source = { id: 'elsewhere', address } as DirectorySource;
    const resources = [
      organization('known', kadeKvk),
      organization('foreign', '99999999'),
      service('of-known', 'known'),
      service('of-foreign', 'foreign'),
    ].map((it) => adopt(it as Resource & { id: string }, source));
    const entries = new Map(
      resources.map((resource) => [
        `${resource.resourceType}/${resource.id}`,
        { resource, source: 'elsewhere', digest: 1n },
      ]),
    );
    return mergeReplica(network, { entries, sum: 1n }, new Set(['elsewhere']));
  };
  const decide = async (owner: Task['owner']) => {
    const { directory } = await merged();
    const { routes } = await demoConfiguration();
    const graph = caseInput('named-owner');
    for (const { resource } of graph.entry ?? []) if (resource?.resourceType === 'Task') resource.owner = owner!;
    return route(routes, directory, { graph, source: 'gateway-profile', sender: 'gp-de-linde', now: new Date(0) });
  };

  test.each<[string, Task['owner']]>([
    ['its id in this directory', { reference: 'HealthcareService/elsewhere.of-known' }],
    ['its URL in that directory', { reference: `${address}/HealthcareService/of-known` }],
    ['its identifier', { identifier: { system: 'https://elsewhere.example/services', value: 'of-known' } }],
  ])('by %s: received by the system of its organisation, where that is connected', async (_, owner) => {
    expect(await decide(owner)).toMatchObject({
      kind: 'assigned',
      owner: { reference: 'HealthcareService/elsewhere.of-known', partner: 'ggz-de-kade' },
    });
  });

  test('of an organisation without a connected system: staff assign the referral, and the sender is warned why', async () => {
    const decision = await decide({ reference: `${address}/HealthcareService/of-foreign` });
    expect(decision).toMatchObject({ kind: 'human', owner: { partner: 'registration-team' } });
    expect(decision.warnings.map(({ rule }) => rule)).toContain('owner-not-connected');
  });

  test('at an address of no directory: not taken for a service of this one', async () => {
    expect(await decide({ reference: 'https://unknown.example/fhir/HealthcareService/nothing' })).toMatchObject({
      kind: 'refused',
      issues: [{ rule: 'owner-unknown' }],
    });
  });
});
