/** HTTP server of the placer: FHIR for partners, and the endpoint for notifications that come in. */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bundle, CapabilityStatement, OperationOutcome, Resource, Subscription, Task } from '@medplum/fhirtypes';
import type { Partner } from './access.ts';
import { mayRead, refusalOfChange, refusalOfCreate } from './access.ts';
import type { Notification } from './checks.ts';
import { readNotification, subscriptionFaults } from './checks.ts';
import { PROFILE } from './guide.ts';
import type { Notifier } from './notify.ts';
import { activate, newNotifier, statusParameters, stopNotifier } from './notify.ts';
import { applyPatch, PatchFault } from './patch.ts';
import { SearchFault, search } from './search.ts';
import type { Store } from './store.ts';
import { commit, etag, keyOf, newStore, read } from './store.ts';

export interface Visit {
  method: string;
  path: string;
  status: number;
  ifMatch?: string | undefined;
  at: number;
}

export interface Placer {
  base: string;
  /** Where notifications may be sent: an address that cannot be guessed, since the guide has mTLS and no token there. */
  endpoint: string;
  store: Store;
  notifier: Notifier;
  partners: Partner[];
  visits: Visit[];
  received: Notification[];
  server: Server;
}

class Refused extends Error {
  status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

interface Call {
  method: string;
  path: string[];
  query: URLSearchParams;
  body: unknown;
  ifMatch?: string | undefined;
  type: string;
}

interface Result {
  status: number;
  resource?: Resource | undefined;
  location?: string;
}

const ISSUE: Record<number, OperationOutcome['issue'][0]['code']> = {
  400: 'invalid',
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-supported',
  409: 'conflict',
  412: 'conflict',
  415: 'not-supported',
  422: 'business-rule',
  428: 'required',
};
const outcome = (status: number, text: string): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: ISSUE[status] ?? 'exception', details: { text } }],
});
const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

function partnerOf(placer: Placer, header: string | undefined): Partner {
  const given = digest((header ?? '').replace(/^Bearer /i, ''));
  const partner = placer.partners.find((one) => timingSafeEqual(digest(one.token), given));
  if (!partner) throw new Refused(401, 'a valid token is needed');
  return partner;
}

function capability(placer: Placer): CapabilityStatement {
  const codes = (...list: string[]): { code: 'read' }[] => list.map((code) => ({ code }) as { code: 'read' });
  const parameter = (names: string[]) =>
    names.map(
      (name) =>
        ({
          name,
          type:
            name === '_lastUpdated' ? 'date' : ['owner', 'requester', 'focus'].includes(name) ? 'reference' : 'token',
        }) as const,
    );
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-10-09',
    kind: 'instance',
    fhirVersion: '4.0.1',
    implementation: { description: 'Placer', url: placer.base },
    format: ['json'],
    patchFormat: ['application/json-patch+json'],
    instantiates: ['https://fhir.twiin.nl/ig/workflow/CapabilityStatement/twiin-workflow-placer-server'],
    rest: [
      {
        mode: 'server',
        resource: [
          {
            type: 'Task',
            versioning: 'versioned-update',
            supportedProfile: [PROFILE.coordination, PROFILE.cancellation, PROFILE.withdrawal],
            interaction: codes('read', 'search-type', 'update', 'patch', 'create'),
            searchParam: parameter([
              'owner',
              'requester',
              'focus',
              'code',
              'intent',
              'status',
              'business-status',
              '_lastUpdated',
            ]),
          },
          { type: 'ServiceRequest', supportedProfile: [PROFILE.order], interaction: codes('read') },
          { type: 'Patient', interaction: codes('read') },
          {
            type: 'Subscription',
            supportedProfile: [PROFILE.subscription],
            interaction: codes('read', 'search-type', 'update', 'create'),
            operation: [
              {
                name: 'status',
                definition:
                  'http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status',
              },
            ],
          },
        ],
      },
    ],
  };
}

const visible = (placer: Placer, partner: Partner, resource: Resource | undefined): boolean => {
  if (!resource) return false;
  if (resource.resourceType !== 'Subscription') return mayRead(placer.store, partner, resource);
  const filter = JSON.stringify((resource as unknown as { _criteria?: unknown })._criteria ?? '');
  return partner.services.some((service) => filter.includes(`owner:identifier=${service}"`));
};

function readOne(placer: Placer, partner: Partner, key: string): Resource {
  const found = read(placer.store, key);
  if (!found || !visible(placer, partner, found)) throw new Refused(404, 'not known, or not readable for you');
  return found;
}

function changeTask(placer: Placer, partner: Partner, key: string, request: Call): Result {
  const before = readOne(placer, partner, key) as Task;
  if (!request.ifMatch) throw new Refused(428, 'If-Match with the version is needed');
  if (request.ifMatch !== etag(before)) throw new Refused(412, `the current version is ${etag(before)}`);
  if (request.method === 'PATCH' && !request.type.startsWith('application/json-patch+json'))
    throw new Refused(415, 'a patch is application/json-patch+json');
  const after = (request.method === 'PATCH' ? applyPatch(before, request.body) : request.body) as Task;
  if (after?.resourceType !== 'Task' || after.id !== before.id)
    throw new Refused(400, 'the Task and its id stay the same');
  const refusal = refusalOfChange(partner, before, after);
  if (refusal) throw new Refused(refusal.status, refusal.text);
  return { status: 200, resource: commit(placer.store, [{ resource: after, ifMatch: request.ifMatch }])[0] };
}

function changeSubscription(
  placer: Placer,
  partner: Partner,
  key: string,
  after: Subscription,
  ifMatch?: string,
): Result {
  const before = readOne(placer, partner, key) as Subscription;
  if (ifMatch && ifMatch !== etag(before)) throw new Refused(412, `the current version is ${etag(before)}`);
  const rest = (item: Subscription): string =>
    JSON.stringify([item.criteria, item.channel?.endpoint, item.channel?.type]);
  if (rest(before) !== rest(after) || (after.status !== before.status && after.status !== 'off'))
    throw new Refused(422, 'a Subscription may only go to off or change its payload');
  return { status: 200, resource: commit(placer.store, [{ resource: { ...after, id: before.id! } }])[0] };
}

function create(placer: Placer, partner: Partner, type: string, body: Resource): Result {
  if (body?.resourceType !== type) throw new Refused(400, `the body is not a ${type}`);
  const resource = { ...body, id: randomUUID() } as Resource;
  if (resource.resourceType === 'Task') {
    const refusal = refusalOfCreate(placer.store, partner, resource);
    if (refusal) throw new Refused(refusal.status, refusal.text);
  } else if (resource.resourceType === 'Subscription') {
    const faults = subscriptionFaults(resource).filter((fault) => !fault.endsWith('?'));
    if (faults.length) throw new Refused(422, `broken rules: ${faults.join(', ')}`);
    if (!visible(placer, partner, resource)) throw new Refused(403, 'the filter is not a service of yours');
    resource.status = 'requested';
  } else throw new Refused(405, `${type} cannot be created here`);
  const written = commit(placer.store, [{ resource }])[0]!;
  if (written.resourceType === 'Subscription') void activate(placer.notifier, keyOf(written));
  return { status: 201, resource: written, location: `${placer.base}/${keyOf(written)}` };
}

function searchset(placer: Placer, resources: Resource[]): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: resources.length,
    entry: resources.map((resource) => ({
      ...(resource.id ? { fullUrl: `${placer.base}/${keyOf(resource)}` } : {}),
      resource,
      search: { mode: 'match' },
    })),
  };
}

function answer(placer: Placer, partner: Partner, request: Call): Result {
  const [type, id, operation] = request.path;
  const key = `${type}/${id}`;
  const { method } = request;
  if (method === 'GET' && id && operation === '$status' && type === 'Subscription') {
    const subscription = readOne(placer, partner, key) as Subscription;
    return {
      status: 200,
      resource: searchset(placer, [statusParameters(placer.notifier, subscription, 'query-status')]),
    };
  }
  if (operation) throw new Refused(404, 'no such operation');
  if (method === 'GET' && id) return { status: 200, resource: readOne(placer, partner, key) };
  if (method === 'GET' && type)
    return {
      status: 200,
      resource: searchset(
        placer,
        search(placer.store, type, request.query).filter((resource) => visible(placer, partner, resource)),
      ),
    };
  if (method === 'POST' && type && !id) return create(placer, partner, type, request.body as Resource);
  if ((method === 'PATCH' || method === 'PUT') && id && type === 'Task')
    return changeTask(placer, partner, key, request);
  if (method === 'PUT' && id && type === 'Subscription')
    return changeSubscription(placer, partner, key, request.body as Subscription, request.ifMatch);
  throw new Refused(405, `${method} is not supported here`);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > 1_000_000) throw new Refused(413, 'the body is too large');
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    throw new Refused(400, 'the body is not JSON');
  }
}

async function handle(placer: Placer, request: IncomingMessage): Promise<Result> {
  const url = new URL(request.url ?? '/', placer.base);
  const path = url.pathname.split('/').filter(Boolean);
  const method = request.method ?? 'GET';
  if (path.shift() !== 'fhir') throw new Refused(404, 'the base is /fhir');
  if (method === 'GET' && path[0] === 'metadata') return { status: 200, resource: capability(placer) };
  if (method === 'POST' && path[0] === 'notifications') {
    if (!placer.endpoint.endsWith(`/${path[1]}`)) throw new Refused(404, 'no such endpoint');
    placer.received.push(readNotification((await bodyOf(request)) as Bundle));
    return { status: 200 };
  }
  const partner = partnerOf(placer, request.headers.authorization);
  const body = await bodyOf(request);
  return answer(placer, partner, {
    method,
    path,
    query: url.searchParams,
    body,
    ifMatch: request.headers['if-match'],
    type: request.headers['content-type'] ?? '',
  });
}

async function serve(placer: Placer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let result: Result;
  try {
    result = await handle(placer, request);
  } catch (error) {
    const status =
      error instanceof Refused ? error.status : error instanceof PatchFault || error instanceof SearchFault ? 400 : 500;
    result = { status, resource: outcome(status, status === 500 ? 'unexpected fault' : (error as Error).message) };
  }
  placer.visits.push({
    method: request.method ?? '',
    path: (request.url ?? '').replace(/^\/fhir\/?/, ''),
    status: result.status,
    ifMatch: request.headers['if-match'],
    at: Date.now(),
  });
  const version = result.resource?.meta?.versionId;
  response.writeHead(result.status, {
    'Content-Type': 'application/fhir+json',
    ...(version ? { ETag: `W/"${version}"` } : {}),
    ...(result.location ? { Location: result.location } : {}),
  });
  response.end(result.resource ? JSON.stringify(result.resource) : undefined);
}

export async function startPlacer(
  port: number,
  partners: Partner[],
  token: string,
  publicBase?: string,
  notificationKey: string = randomUUID(),
): Promise<Placer> {
  const store = newStore(publicBase ?? `http://localhost:${port}/fhir`);
  const placer: Placer = {
    base: store.base,
    endpoint: '',
    store,
    notifier: newNotifier(store, token),
    partners,
    visits: [],
    received: [],
    server: createServer(),
  };
  placer.server.on('request', (request, response) => void serve(placer, request, response));
  await new Promise<void>((resolve, reject) => {
    placer.server.once('error', reject);
    placer.server.listen(port, resolve);
  });
  if (!publicBase) placer.base = store.base = `http://localhost:${(placer.server.address() as AddressInfo).port}/fhir`;
  placer.endpoint = `${placer.base}/notifications/${notificationKey}`;
  return placer;
}

export async function stopPlacer(placer: Placer): Promise<void> {
  stopNotifier(placer.notifier);
  placer.server.closeAllConnections();
  await new Promise((resolve) => placer.server.close(resolve));
}
