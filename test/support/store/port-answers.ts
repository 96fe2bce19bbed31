import { createHash } from 'node:crypto';
import { mgnNaming } from '../../../src/fhir/canonical.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import type { Page, Store } from '../../../src/store/port.ts';
import { indexOf } from '../../../src/store/search-index.ts';
import { parametersOf, sortableBy } from '../../../src/store/search-parameters.ts';

/** What a port answers to every question that one can think of, from what it contains: texts as digests. */
export type PortAnswers = Readonly<Record<string, unknown>>;

/** What cannot be listed by the port is asked for by these names. */
export type Asked = {
  readonly once: readonly string[];
  readonly placers: readonly (readonly [partner: string, subscription: string])[];
  readonly keys: readonly (readonly [partner: string, key: string])[];
};

const pageSize = 7;

async function all<T>(read: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page: Page<T> = await read(cursor === undefined ? {} : { cursor });
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

const digest = (of: string | Uint8Array): string => createHash('sha256').update(of).digest('base64url').slice(0, 12);

/** Long texts and bytes as digests, dates as texts; absent is the same as undefined. */
const short = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, it) =>
      typeof it === 'string' && it.length > 60
        ? digest(it)
        : it instanceof Uint8Array || it?.type === 'Buffer'
          ? digest(it instanceof Uint8Array ? it : Uint8Array.from(it.data))
          : it,
    ) ?? 'null',
  );

const list = (items: readonly unknown[]): readonly unknown[] => items.map(short);

export async function portAnswers(store: Store, asked: Asked): Promise<PortAnswers> {
  const messages = await all((page) => store.messages({ ...page, count: pageSize }));
  const partners = [...new Set(messages.map(({ partner }) => partner))].sort();
  const audits = await all((page) => store.audit({ ...page, count: 50 }));
  const events = audits.map(({ text }) => JSON.parse(text));
  const entities = events.flatMap(({ entity = [] }) => entity) as {
    what?: { reference?: string; identifier?: { system: string; value: string } };
  }[];
  const namedBy = (system: string) => [
    ...new Set(
      entities.flatMap(({ what }) => (what?.identifier?.system === mgnNaming(system) ? what.identifier.value : [])),
    ),
  ];
  const references = [...new Set(entities.flatMap(({ what }) => what?.reference ?? []))];
  const dispatches = await all((page) => store.dispatches({ ...page, count: pageSize }));
  const traces = [...new Set([...messages, ...dispatches].map(({ traceId }) => traceId))];
  const recipients = [...new Set(dispatches.map(({ recipient }) => recipient))].sort();
  const answers: Record<string, unknown> = {};

  const auditsBy = async (query: object) =>
    digest((await all((page) => store.audit({ ...query, ...page, count: 3 }))).map(({ text }) => text).join('\n'));
  const mapped = async <T extends string>(keys: Iterable<T>, read: (key: T) => Promise<unknown>) => {
    const found: Record<string, unknown> = {};
    for (const key of keys) found[key] = await read(key);
    return found;
  };
  const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id).join(' ');

  answers.messages = list(messages);
  answers['messages, latest first'] = idsOf(
    await all((page) => store.messages({ ...page, latestFirst: true, count: pageSize })),
  );
  answers['messages of a partner'] = await mapped(partners, async (partner) =>
    idsOf(await all((page) => store.messages({ ...page, partner, count: pageSize }))),
  );
  answers['messages of a trace'] = await mapped(traces, async (traceId) =>
    idsOf(await all((page) => store.messages({ ...page, traceId, count: 2 }))),
  );
  for (const { id, partner, requestId } of messages) {
    const [one, other] = [await store.message(id), await store.messageByRequest(partner, requestId)];
    if (one?.id !== id || other?.id !== id) throw new Error(`message ${id} is not found by its id or request`);
  }
  answers['messages by key'] = await mapped(
    asked.keys.map((it) => it.join(' ')),
    async (name) => {
      const [partner = '', key = ''] = name.split(' ');
      const found = await store.messageByKeys(partner, { keys: [key] });
      return found && short({ ...found, message: found.message.id });
    },
  );

  answers.audit = digest(audits.map(({ text }) => text).join('\n'));
  answers['audit, number'] = audits.length;
  answers['audit of a request'] = await mapped(namedBy('request-id'), (requestId) => auditsBy({ requestId }));
  answers['audit of a correlation'] = await mapped(namedBy('correlation-id'), (correlationId) =>
    auditsBy({ correlationId }),
  );
  answers['audit of a trace'] = await mapped(namedBy('trace-id'), (traceId) => auditsBy({ traceId }));
  answers['audit of a resource'] = await mapped(references, (entity) => auditsBy({ entity }));

  const types = [
    ...new Set([...references, ...dispatches.flatMap(({ about = [] }) => about)].map((it) => it.split('/')[0] ?? '')),
    'Patient',
    'Organization',
    'PractitionerRole',
    'Provenance',
  ].filter((type, index, every) => every.indexOf(type) === index && Object.keys(parametersOf(type)).length > 0);
  const resources: Record<string, unknown> = {};
  const searches: Record<string, unknown> = {};
  const search = async (type: string, query: object, reader?: string) => {
    let total: number | undefined;
    const found: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const given = { criteria: [], count: 20, ...query, ...(cursor === undefined ? { total: true } : { cursor }) };
      const page = await store.search(type, given as Parameters<Store['search']>[1], reader);
      if (page.kind !== 'found') return page;
      total ??= page.total;
      found.push(...page.resources.map(({ id, version, text }) => `${id}/${version}/${digest(text)}`));
      cursor = page.next;
    }
    return found.length > 3 ? [total, found.length, digest(found.join(' '))] : [total, ...found];
  };
  for (const type of types.sort()) {
    const page = await store.search(type, { criteria: [], count: 1000 });
    if (page.kind !== 'found') throw new Error(page.kind);
    searches[type] = await search(type, {});
    for (const partner of [...partners, ...recipients].sort())
      searches[`${type} ${partner}`] = await search(type, {}, partner);
    for (const sort of sortableBy(type).flatMap((it) => [it, `-${it}`]))
      searches[`${type} by ${sort}`] = await search(type, { sort });
    const values = new Map<string, Set<string>>();
    for (const { id, text } of page.resources) {
      const versions = await store.history(type, id);
      const seen = await mapped(
        partners,
        async (reader) => (await store.history(type, id, reader)).map(({ version }) => version).join(' ') || undefined,
      );
      const own = [await store.read(type, id), await store.vread(type, id, 1)];
      resources[`${type}/${id}`] = short({ versions, seen, own: own.map((it) => it && digest(it.text)) });
      const { tokens, dates } = indexOf(parseJson(text) as Resource, (it) => it);
      for (const { parameter, value, system } of tokens)
        values.set(parameter, (values.get(parameter) ?? new Set()).add(system ? `${system}|${value}` : value));
      for (const { parameter, low } of dates)
        values.set(parameter, (values.get(parameter) ?? new Set()).add(`ge${new Date(low).toISOString()}`));
    }
    for (const [parameter, found] of values) {
      const [name, modifier] = parameter.split(':');
      // no question of the port: what the store finds the same statements by
      if (parametersOf(type)[name!]?.kind === 'statement') continue;
      for (const value of [...found].slice(0, 4).filter((it) => !it.startsWith('absent|')))
        searches[digest(`${type}?${parameter}=${value}`)] = await search(type, {
          criteria: [{ name, values: [value], ...(modifier ? { modifier } : {}) }],
        });
      if (!modifier && !name?.startsWith('_'))
        searches[`${type}?${name}:missing`] = await search(type, {
          criteria: [{ name, values: ['true'], modifier: 'missing' }],
        });
    }
  }
  answers.resources = resources;
  answers.searches = searches;

  answers.dispatches = list(dispatches);
  answers.attempts = await mapped(
    dispatches.map(({ id }) => id),
    async (id) => {
      const tried = await store.attempts(id);
      // the release that made the samples did not name the configuration of an attempt
      return tried.length ? list(tried.map(({ dispatchId: _, configuration: __, ...it }) => it)) : undefined;
    },
  );
  for (const it of dispatches)
    if (JSON.stringify(await store.dispatch(it.id)) !== JSON.stringify(it))
      throw new Error(`dispatch ${it.id} differs`);
  const dispatchesBy = async (query: object) =>
    digest(idsOf(await all((page) => store.dispatches({ ...query, ...page, count: 3 }))));
  answers['dispatches of a trace'] = await mapped(traces, (traceId) => dispatchesBy({ traceId }));
  answers['dispatches of a message'] = await mapped(
    messages.map(({ id }) => id),
    (messageId) => dispatchesBy({ messageId }),
  );
  answers['dispatches to a recipient'] = await mapped(recipients, (recipient) => dispatchesBy({ recipient }));
  answers['dispatches in a state'] = await mapped(
    ['waiting', 'delivered', 'dead', 'skipped', 'withdrawn'] as const,
    (state) => dispatchesBy({ state }),
  );
  const tasks = new Set(dispatches.flatMap(({ about = [] }) => about.find((it) => it.startsWith('Task/')) ?? []));
  answers['dispatches of a Task'] = await mapped(tasks, (task) => dispatchesBy({ task }));
  answers.undelivered = idsOf(await all((page) => store.undelivered({ ...page, count: 2 })));
  answers.depth = short(await store.depth());
  answers.deliverable = await store.hasDeliverable();

  const subscriptions = await store.subscriptions({});
  answers.subscriptions = list(subscriptions);
  answers.events = await mapped(
    subscriptions.map(({ id }) => id),
    async (id) => list(await store.subscriptionEvents(id, { since: 0, until: 1000, count: 1000 })),
  );
  answers.placers = await mapped(
    asked.placers.map((it) => it.join(' ')),
    async (name) => {
      const [partner = '', subscription = ''] = name.split(' ');
      return store.placerSubscription(partner, subscription);
    },
  );
  answers.once = await mapped(asked.once, (name) => store.done(name));
  answers.directory = list(await all((page) => store.directory({ ...page, count: 20 })));
  answers['directory, latest'] = digest(
    JSON.stringify(short(await all((page) => store.directory({ ...page, latest: true, count: 20 })))),
  );
  const configurations = await store.configurations();
  answers.configurations = list(configurations);
  answers['configuration files'] = await mapped(
    configurations.map((it) => it.digest),
    async (it) => digest(JSON.stringify(await store.configuration(it))),
  );
  answers.uses = list(await store.configurationUses({ count: 100 }));
  answers['unknown codes'] = list(await all((page) => store.unknownCodes({ ...page, count: 3 })));
  answers.key = digest(store.keyFor('test'));
  return answers;
}

/** What a worker gets to send, in this order; it changes the store. */
export async function claimed(store: Store, now: Date): Promise<unknown> {
  const claims = await store.claim({ worker: 'w', now, lease: 60_000, recipients: 100, batch: 100 });
  return [...claims]
    .sort((one, other) => (one.recipient < other.recipient ? -1 : 1))
    .map(({ recipient, failures, refusals, deliveries }) => short({ recipient, failures, refusals, deliveries }));
}
