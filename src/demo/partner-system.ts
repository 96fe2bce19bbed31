import { serve } from '@hono/node-server';
import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { Hono } from 'hono';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import { requestOnce } from '../outbound/client.ts';

/** A message received by a partner's system over HTTP. */
export type Arrival = { readonly requestId: string; readonly bundle: Bundle };

/** A simulated partner: a small FHIR receiver on loopback, and a client of the gateway with the partner's token. */
export type PartnerSystem = {
  readonly id: string;
  readonly base: string;
  readonly arrivals: readonly Arrival[];
  /** Stored resources, by the identifier under which the gateway sent them. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** Resolves with the first arrival after the `seen` earlier ones; rejects after `timeout` ms. */
  readonly arrival: (seen: number, timeout?: number) => Promise<Arrival>;
  readonly request: (
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    options?: RequestOptions,
  ) => Promise<PartnerResponse>;
  readonly close: () => Promise<void>;
};

export type RequestOptions = {
  readonly body?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};
export type PartnerResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Resource;
};

/** Starts the receiver of a partner on a free port of loopback. */
export async function startPartnerSystem(
  id: string,
  gateway: { readonly base: () => string; readonly token: string },
  newId: () => string,
): Promise<PartnerSystem> {
  const arrivals: Arrival[] = [];
  const resources = new Map<string, Resource>();
  const waiting = new Set<() => void>();
  const app = new Hono();
  app.post('/fhir', async (context) => {
    const bundle = parseJson(await context.req.text()) as Bundle;
    const entry = (bundle.entry ?? []).map((it) => apply(resources, it));
    const requestId = context.req.header('x-request-id') ?? '';
    if (!arrivals.some((it) => it.requestId === requestId)) arrivals.push({ requestId, bundle });
    for (const wake of waiting) wake();
    return context.json({ resourceType: 'Bundle', type: 'transaction-response', entry });
  });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started));
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    id,
    base: `http://127.0.0.1:${port}/fhir`,
    arrivals,
    resources,
    arrival: (seen, timeout = 15_000) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = arrivals[seen];
          if (!found) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`${id} received nothing within ${timeout} ms`));
        }, timeout);
        waiting.add(check);
        check();
      }),
    request: async (method, path, { body, contentType, headers } = {}) => {
      const answer = await requestOnce(`${gateway.base()}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${gateway.token}`,
          accept: 'application/fhir+json',
          ...(contentType ? { 'content-type': contentType } : {}),
          ...(method === 'GET' ? {} : { 'x-request-id': newId() }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, headers: answer.headers, body: parseJson(answer.text) };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/**
 * Conditional create (ifNoneExist) or conditional update (https://hl7.org/fhir/R4/http.html#ccreate), as a FHIR server
 * does.
 */
function apply(resources: Map<string, Resource>, { resource, request: entryRequest }: BundleEntry): BundleEntry {
  if (!resource || !entryRequest) return { response: { status: '400 Bad Request' } };
  const query = entryRequest.ifNoneExist ?? entryRequest.url?.split('?')[1] ?? `id=${resource.id}`;
  const key = `${resource.resourceType}?${query}`;
  const exists = resources.has(key);
  if (!exists || entryRequest.method === 'PUT') resources.set(key, resource as Resource);
  return {
    response: { status: exists ? '200 OK' : '201 Created', location: `${resource.resourceType}/${resource.id}` },
  };
}
