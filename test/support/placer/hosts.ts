/** Where the order is kept: at the placer itself (as the Twiin guide says) or at the other side (a choice that COW leaves open). */
import { randomUUID } from 'node:crypto';
import type { Bundle, BundleEntry, Patient, Resource, ServiceRequest, Subscription, Task } from '@medplum/fhirtypes';
import type { Answer, Client } from './client.ts';
import { call, entries, good, patchTask, until, versionOf } from './client.ts';
import { activate, makeSubscription, matches, settle } from './notify.ts';
import type { Order, OrderInput } from './orders.ts';
import type { Placer } from './server.ts';
import { Conflict, commit, etag, keyOf, list, read } from './store.ts';

export interface Context {
  gateway: Client;
  /** Tokens with which the fulfillers work at the other side, one per candidate; none: a person there acts. */
  fulfillers: Client[];
  placer: Placer;
  input: OrderInput;
  topic: string;
  endpoint: string;
  heartbeat: number;
  wait: number;
}

export interface Placed {
  answer: Answer;
  tasks: string[];
  request: string;
  patient: string;
  order: Order;
}

export interface Host {
  name: 'gateway' | 'placer';
  place: (order: Order, withPatient: boolean) => Promise<Placed>;
  read: (key: string) => Promise<Answer>;
  /** True when the Task has this status, or has had it as far as this host can tell. */
  passed: (id: string, status: string, now: Task | undefined) => boolean;
  /** All or nothing, each with the version that was read. */
  write: (resources: Resource[], versions?: Record<string, string>) => Promise<Answer>;
  add: (task: Task) => Promise<{ answer: Answer; id: string }>;
  /** Server and token of a candidate that reads and writes at this host. */
  candidate: (index: number) => Client | undefined;
  /** Let the fulfiller make this change; undefined when a person has to. */
  ask: (index: number, id: string, change: (task: Task) => object[]) => Promise<Answer | undefined>;
}

const located = (response: BundleEntry | undefined): string => {
  const match = /([A-Z][A-Za-z]+\/[A-Za-z0-9.-]+)(\/_history\/[^/]+)?$/.exec(response?.response?.location ?? '');
  return match?.[1] ?? '';
};

function withUrns(resources: Resource[]): BundleEntry[] {
  let text = JSON.stringify(
    resources.map((resource) => ({
      fullUrl: `urn:uuid:${resource.id}`,
      resource,
      request: { method: 'POST', url: resource.resourceType },
    })),
  );
  for (const resource of resources)
    text = text.replaceAll(`"${resource.resourceType}/${resource.id}"`, `"urn:uuid:${resource.id}"`);
  return (JSON.parse(text) as BundleEntry[]).map((entry) => {
    delete entry.resource?.id;
    return entry;
  });
}

const transaction = (entry: BundleEntry[]): Bundle => ({ resourceType: 'Bundle', type: 'transaction', entry });

export function gatewayHost(context: Context): Host {
  const { gateway, placer } = context;
  const candidate = (index: number): Client | undefined => context.fulfillers[index] ?? context.fulfillers[0];
  return {
    name: 'gateway',
    candidate,
    read: (key) => call(gateway, 'GET', key),
    passed: (_id, status, now) => now?.status === status,
    async place(order, withPatient) {
      const request: ServiceRequest = withPatient
        ? order.request
        : { ...order.request, subject: { reference: `${placer.base}/Patient/${order.patient.id}` } };
      const resources: Resource[] = [
        order.organization,
        order.role,
        ...(withPatient ? [order.patient] : []),
        request,
        ...order.tasks,
      ];
      if (!withPatient) commit(placer.store, [{ resource: order.patient }]);
      const answer = await call(gateway, 'POST', '', transaction(withUrns(resources)));
      const answers = (answer.body as Bundle | undefined)?.entry ?? [];
      const place = (resource: Resource): string => located(answers[resources.indexOf(resource)]);
      const patient = withPatient ? place(order.patient) : `${placer.base}/Patient/${order.patient.id}`;
      return {
        answer,
        order,
        patient,
        request: place(request),
        tasks: order.tasks.map((task) => place(task).replace('Task/', '')),
      };
    },
    async write(resources, versions = {}) {
      const fresh = resources.filter((resource) => !resource.meta?.versionId);
      const entry = resources
        .filter((resource) => resource.meta?.versionId)
        .map(
          (resource): BundleEntry => ({
            fullUrl: `${gateway.base}/${keyOf(resource)}`,
            resource,
            request: { method: 'PUT', url: keyOf(resource), ifMatch: versions[keyOf(resource)] ?? etag(resource) },
          }),
        );
      const text = JSON.stringify([...withUrns(fresh), ...entry]);
      const linked = fresh.reduce(
        (all, resource) => all.replaceAll(`"${keyOf(resource)}"`, `"urn:uuid:${resource.id}"`),
        text,
      );
      return call(gateway, 'POST', '', transaction(JSON.parse(linked) as BundleEntry[]));
    },
    async add(task) {
      const { id: _id, ...body } = task;
      const answer = await call(gateway, 'POST', 'Task', body);
      return { answer, id: answer.body?.id ?? /Task\/([^/]+)/.exec(answer.location ?? '')?.[1] ?? '' };
    },
    async ask(index, id, change) {
      const fulfiller = candidate(index);
      if (!fulfiller) return undefined;
      const now = await call(fulfiller, 'GET', `Task/${id}`);
      return good(now) ? patchTask(fulfiller, id, change(now.body as Task), versionOf(now)) : now;
    },
  };
}

export function placerHost(context: Context): Host {
  const { placer } = context;
  /** Ids of the fulfiller's copies, by those of our Tasks. */
  const copies = new Map<string, string>();
  const answerOf = (request: string, status: number, body?: Resource, text?: string): Answer => ({
    request: `${request} (own server)`,
    status,
    body,
    etag: body ? etag(body) : undefined,
    issues: text ? [text] : [],
  });
  return {
    name: 'placer',
    candidate: (index) => {
      const { system, value } = context.input.candidates[index]!;
      const partner = placer.partners.find((one) => one.services.includes(`${system}|${value}`));
      return partner && { base: placer.base, token: partner.token };
    },
    passed: (id, status) => (placer.store.statuses.get(`Task/${id}`) ?? []).includes(status),
    async read(key) {
      const found = read(placer.store, key);
      return answerOf(`GET ${key}`, found ? 200 : 404, found);
    },
    async place(order) {
      commit(
        placer.store,
        [order.organization, order.role, order.patient, order.request, ...order.tasks].map((resource) => ({
          resource,
        })),
      );
      await settle(placer.notifier);
      return {
        answer: answerOf('order stored', 200),
        order,
        patient: `Patient/${order.patient.id}`,
        request: `ServiceRequest/${order.request.id}`,
        tasks: order.tasks.map((task) => task.id ?? ''),
      };
    },
    async write(resources, versions = {}) {
      try {
        commit(
          placer.store,
          resources.map((resource) => ({
            resource,
            ifMatch: resource.meta?.versionId ? (versions[keyOf(resource)] ?? etag(resource)) : undefined,
          })),
        );
      } catch (error) {
        if (error instanceof Conflict) return answerOf('one update', 412, undefined, error.message);
        throw error;
      }
      await settle(placer.notifier);
      return answerOf('one update', 200);
    },
    async add(task) {
      commit(placer.store, [{ resource: task }]);
      await settle(placer.notifier);
      return { answer: answerOf('POST Task', 201), id: task.id ?? '' };
    },
    /** The fulfiller works at its own side on its copy of the Task; the change has to arrive here by itself. */
    async ask(index, id, change) {
      const fulfiller = context.fulfillers[index] ?? context.fulfillers[0];
      const identifier = read<Task>(placer.store, `Task/${id}`)?.identifier?.[0];
      if (!fulfiller || !identifier) return undefined;
      const search = (query: Record<string, string>): Promise<Answer> =>
        until(
          () => call(fulfiller, 'GET', `Task?${new URLSearchParams(query)}`),
          (answer) => entries(answer).length > 0 || !good(answer),
          Math.min(context.wait, 3),
        );
      const owner = context.input.candidates[index];
      const searches = [
        { identifier: `${identifier.system}|${identifier.value}` },
        // what identifies the order may be kept from a candidate: then it is the newest Task that is open
        ...(owner ? [{ 'owner:identifier': `${owner.system}|${owner.value}`, status: 'requested,accepted' }] : []),
      ];
      let found = await search(searches[0]!);
      for (const query of searches.slice(1)) if (entries(found).length === 0) found = await search(query);
      const known = copies.get(id);
      const copy = (entries(found) as Task[])
        .filter((task) => !known || task.id === known)
        .sort((one, other) => (other.authoredOn ?? '').localeCompare(one.authoredOn ?? ''))[0];
      if (copy?.id) copies.set(id, copy.id);
      if (!copy)
        return good(found) ? { ...found, status: 404, issues: ['the fulfiller has no copy of this Task'] } : found;
      return patchTask(fulfiller, copy.id ?? '', change(copy), etag(copy));
    },
  };
}

/** Subscriptions made by agreement, for candidates that did not make one themselves. */
export async function agreeSubscriptions(context: Context): Promise<void> {
  const { placer, input } = context;
  for (const candidate of input.candidates) {
    const probe = {
      resourceType: 'Task',
      owner: { identifier: { system: candidate.system, value: candidate.value } },
    } as unknown as Task;
    const present = list<Subscription>(placer.store, 'Subscription').some(
      (one) => one.status !== 'off' && matches(one, probe),
    );
    if (present) continue;
    const subscription = makeSubscription(
      {
        topic: context.topic,
        filter: `owner:identifier=${candidate.system}|${candidate.value}`,
        endpoint: context.endpoint,
        heartbeat: context.heartbeat,
      },
      randomUUID(),
    );
    commit(placer.store, [{ resource: subscription }]);
    await activate(placer.notifier, keyOf(subscription));
  }
}

export const personalParts = (patient: Patient): string[] =>
  [patient.identifier?.[0]?.value, patient.name?.[0]?.family, patient.birthDate].filter((part): part is string =>
    Boolean(part),
  );
