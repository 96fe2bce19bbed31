import { serve } from '@hono/node-server';
import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { Hono } from 'hono';
import { request as send } from 'undici';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';

/** Something that arrived at a partner's system over HTTP. */
export type Arrival = { readonly requestId: string; readonly bundle: Bundle };

/** A simulated partner: a small FHIR receiver on loopback, and a client of the gateway with the partner's token. */
export type PartnerSystem = {
  readonly id: string;
  readonly base: string;
  readonly arrivals: readonly Arrival[];
  /** What it holds now, by the identifier under which the gateway sent it. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** Resolves with the first arrival after the `seen` earlier ones; rejects after `patience` ms. */
  readonly arrival: (seen: number, patience?: number) => Promise<Arrival>;
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
    arrival: (seen, patience = 15_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = arrivals[seen];
          if (!found) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${id} received nothing within ${patience} ms`));
        }, patience);
        waiting.add(look);
        look();
      }),
    request: async (method, path, { body, contentType, headers } = {}) => {
      const answer = await send(`${gateway.base()}${path}`, {
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
      return { status: answer.statusCode, headers: answer.headers, body: parseJson(await answer.body.text()) };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Create unless the identifier is known (ifNoneExist), or conditional update: what a FHIR server makes of it. */
function apply(resources: Map<string, Resource>, { resource, request: asked }: BundleEntry): BundleEntry {
  if (!resource || !asked) return { response: { status: '400 Bad Request' } };
  const query = asked.ifNoneExist ?? asked.url?.split('?')[1] ?? `id=${resource.id}`;
  const key = `${resource.resourceType}?${query}`;
  const known = resources.has(key);
  if (!known || asked.method === 'PUT') resources.set(key, resource as Resource);
  return {
    response: { status: known ? '200 OK' : '201 Created', location: `${resource.resourceType}/${resource.id}` },
  };
}
