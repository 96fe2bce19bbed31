import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { checkStore } from '../../src/store/moving/check/check.ts';
import type { Place } from '../../src/store/moving/place.ts';
import type { Claim, RetentionPlace, Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { runs } from '../support/long.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { at, auditEvent, commit, create, dispatch, message, update } from '../support/store/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-retention-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const types = ['Task', 'ServiceRequest', 'Patient', 'Consent', 'CarePlan', 'EpisodeOfCare', 'Appointment'] as const;
const open: Readonly<Record<string, string>> = {
  Task: 'on-hold',
  ServiceRequest: 'active',
  EpisodeOfCare: 'active',
  Appointment: 'booked',
};

/** Every form in which a resource that the gateway stores refers to another. */
const forms: readonly ((to: string) => object)[] = [
  (to) => ({ basedOn: [{ reference: to }] }),
  (to) => ({ focus: { reference: to } }),
  (to) => ({ subject: { reference: to } }),
  (to) => ({ extension: [{ url: 'https://example.org/x', valueReference: { reference: to } }] }),
  (to) => ({ contained: [{ resourceType: 'Task', id: 'inner', focus: { reference: to } }] }),
  (to) => ({ basedOn: [{ reference: `${to}/_history/1` }] }),
  (to) => ({ input: [{ type: { text: 'x' }, valueReference: { reference: `${to}/_history/1` } }] }),
  (to) => ({ extension: [{ url: 'https://example.org/x', valueAttachment: { url: to } }] }),
  (to) => ({ extension: [{ url: 'https://example.org/x', valueUrl: to }] }),
];

type Node = { type: string; id: string; version: number; isOpen: boolean; changed: number; refersTo: Set<string> };

const days = 86_400;
const link = fc.record({ to: fc.nat(), form: fc.nat(forms.length - 1) });
const made = fc.record({
  type: fc.nat(types.length - 1),
  isOpen: fc.boolean(),
  links: fc.array(link, { maxLength: 2 }),
});
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('message' as const),
      made: fc.array(made, { minLength: 1, maxLength: 3 }),
      sends: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      of: fc.nat(),
      isOpen: fc.boolean(),
      links: fc.array(link, { maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      how: fc.constantFrom('delivered' as const, 'dead' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), of: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('retention' as const),
      content: fc.integer({ min: 1, max: 60 }),
      audit: fc.integer({ min: 0, max: 60 }),
      steps: fc.integer({ min: 1, max: 9 }),
    }),
  },
);

async function play(
  stores: readonly Store[],
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
) {
  const nodes = new Map<string, Node>();
  /** Of each message: what it wrote, and whether its dispatch still waits or is dead. */
  const messages = new Map<string, { wrote: readonly string[]; isOpen: boolean; at: number }>();
  const log: string[] = [];
  let [now, made] = [0, 0];
  const elements = (
    links: readonly { to: number; form: number }[],
    own: Set<string>,
    others: readonly string[] = [],
  ) => {
    let all = {};
    const names = [...nodes.keys(), ...others];
    for (const { to, form } of links) {
      const name = names.length ? names[to % names.length]! : undefined;
      if (!name) continue;
      own.add(name);
      const next: object = forms[form]!(name);
      for (const key of Object.keys(next).filter((it) => it !== 'resourceType' && it in all))
        delete (all as Record<string, unknown>)[key];
      all = { ...all, ...next };
    }
    const { resourceType: _, ...rest } = all as { resourceType?: string };
    return rest;
  };
  const statusOf = (type: string, isOpen: boolean) =>
    (isOpen && open[type]) || (type === 'Patient' ? undefined : 'completed');
  const text = (type: string, id: string, isOpen: boolean, more: object) =>
    JSON.parse(JSON.stringify({ resourceType: type, id, status: statusOf(type, isOpen), ...more })) as Resource & {
      id: string;
    };

  for (const [index, it] of steps.entries()) {
    const store = stores[index % stores.length]!;
    now += 3 * days;
    if (it.kind === 'message') {
      const n = ++made;
      const wrote = it.made.map(({ type }, index) => `${types[type]}/r${n}-${index}`);
      const changes = it.made.map(({ type, isOpen, links }, index) => {
        const refersTo = new Set<string>();
        const more = elements(links, refersTo, wrote);
        return {
          node: {
            type: types[type]!,
            id: `r${n}-${index}`,
            version: 1,
            isOpen: isOpen && types[type]! in open,
            changed: now,
            refersTo,
          },
          more,
          isOpen,
        };
      });
      const outcome = await commit(
        store,
        {
          message: message(`q${n}`),
          changes: changes.map(({ node, more, isOpen }) => create(text(node.type, node.id, isOpen, more), 'noord')),
          dispatches: it.sends ? [dispatch(`d${n}`, 'noord')] : [],
          audit: [auditEvent(`a${n}`, { requestId: `q${n}`, traceId: `trace-q${n}`, references: wrote })],
        },
        now,
      );
      expect(outcome.kind).toBe('committed');
      for (const { node } of changes) nodes.set(`${node.type}/${node.id}`, node);
      messages.set(`q${n}`, { wrote, isOpen: it.sends, at: now });
      log.push(
        `${n} at ${now / days}: ${changes.map(({ node, more }) => `${node.type}/${node.id} ${node.isOpen} ${JSON.stringify(more)}`)} ${it.sends}`,
      );
    } else if (it.kind === 'update') {
      const node = [...nodes.values()][it.of % Math.max(1, nodes.size)];
      if (!node) continue;
      const more = elements(it.links, node.refersTo);
      const outcome = await commit(
        store,
        { changes: [update(text(node.type, node.id, it.isOpen, more), node.version)] },
        now,
      );
      expect(outcome.kind).toBe('committed');
      Object.assign(node, { version: node.version + 1, isOpen: it.isOpen && node.type in open, changed: now });
      log.push(`update at ${now / days}: ${node.type}/${node.id} ${node.isOpen} ${JSON.stringify(more)}`);
    } else if (it.kind === 'read') {
      const name = [...nodes.keys()][it.of % Math.max(1, nodes.size)];
      if (name)
        await store.appendAudit([
          { ...auditEvent(`read-${now}`, { references: [name] }), recorded: at(now).toISOString() },
        ]);
    } else if (it.kind === 'deliver') {
      const claims: readonly Claim[] = await store.claim({
        worker: 'w',
        now: at(now),
        lease: 60_000,
        batch: 2,
        recipients: 1,
      });
      for (const claim of claims) {
        for (const delivery of claim.deliveries) {
          const ending = {
            at: at(now),
            milliseconds: 1,
            audit: [auditEvent(`e-${delivery.id}-${now}`, { traceId: delivery.traceId })],
          };
          if (it.how === 'delivered') await store.complete(claim, delivery, { ...ending, status: 200 });
          else await store.deadLetter(claim, delivery, { ...ending, because: 'x' });
          const sender = messages.get(delivery.id.replace('d', 'q'))!;
          if (it.how === 'delivered') sender.isOpen = false;
        }
        await store.release(claim);
      }
    } else {
      const content = now - it.content * days;
      const terms = { content: at(content), audit: at(content - it.audit * days) };
      const inUse = new Set<string>();
      const reach = (name: string): void => {
        if (inUse.has(name)) return;
        inUse.add(name);
        for (const other of nodes.get(name)?.refersTo ?? []) reach(other);
      };
      for (const [name, node] of nodes) if (node.isOpen || node.changed >= content) reach(name);
      for (const { wrote, isOpen, at } of messages.values())
        if (isOpen || at >= content) for (const name of wrote) reach(name);
      let from: RetentionPlace | undefined = { kind: 'entry', after: 0 };
      for (let n = 0; from && n < it.steps; n++)
        from = (await store.removeExpired(terms, { from, now: at(now), network: 'n' })).next;
      log.push(`retention before ${content / days}`);
      for (const [name, node] of [...nodes]) {
        const history = await store.history(node.type, node.id);
        if (inUse.has(name)) expect([name, history.length], log.join('\n')).toEqual([name, node.version]);
        else if (history.length === 0) nodes.delete(name);
        else expect([name, history.length], log.join('\n')).toEqual([name, node.version]);
      }
      for (const [id, { wrote, isOpen, at }] of [...messages]) {
        const isThere = (await store.messageByRequest('praktijk-zuid', id)) !== undefined;
        if (isOpen || at >= content || wrote.some((name) => inUse.has(name)))
          expect([id, isThere], log.join('\n')).toEqual([id, true]);
        if (!isThere) messages.delete(id);
      }
      for (const [id, { isOpen }] of messages)
        if (isOpen) expect(await store.dispatch(id.replace('q', 'd'))).toBeDefined();
    }
  }
}

let files = 0;
/** Two gateways on one store take turns. */
const property = (place: () => Promise<Place>, open: (place: Place) => Promise<Store>) =>
  fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
    const at = await place();
    const stores = [await open(at), await open(at)];
    try {
      await play(stores, [...steps, { kind: 'retention', content: 2, audit: 1, steps: 9 }]);
    } finally {
      for (const store of stores) await store.close();
    }
    expect(await checkStore(at)).toMatchObject({ ok: true, value: { problems: [] } });
  });

test('nothing that is reached from what is in use is removed, on SQLite; the check finds nothing afterwards', async () => {
  await fc.assert(
    property(
      async () => ({ kind: 'sqlite', file: join(folder, `${files++}.db`) }),
      (place) => openSqliteStore(place.kind === 'sqlite' ? place.file : ''),
    ),
    { numRuns: runs(24) },
  );
});

test('the same on PostgreSQL', async () => {
  await fc.assert(
    property(
      async () => ({ kind: 'postgres', url: await emptyPostgres() }),
      (place) => openPostgresStore(place.kind === 'postgres' ? place.url : '', { inTest: {} }),
    ),
    { numRuns: runs(8) },
  );
});
