import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bundle, Task } from '@medplum/fhirtypes';
import type { Resource } from '../../../src/fhir/resource.ts';

type Kept = { version: number; resource: Resource };

/** A placer's own FHIR server on loopback: it keeps Tasks and orders, gives them one by one, and takes updates with If-Match. */
export type Placer = {
  readonly base: string;
  readonly asked: { readonly method: string; readonly path: string; readonly authorization: string | undefined }[];
  /** The transactions that were POSTed to its base. */
  readonly posted: Bundle[];
  /** The status that it answers everything with, while it is set. */
  down: number | undefined;
  /** Answers of $events, by `Subscription/<id>`. */
  readonly events: Map<string, Bundle>;
  /** Called between a read and what follows from it. */
  afterRead: ((path: string) => void) | undefined;
  /** Stores a resource, at another place than its own when `place` says so. */
  readonly put: (resource: Resource | Task, place?: string) => void;
  readonly task: (id: string) => Task;
  readonly close: () => Promise<void>;
};

export async function openPlacer(): Promise<Placer> {
  const kept = new Map<string, Kept>();
  const keep = (resource: Resource | Task, place = `${resource.resourceType}/${resource.id}`) => {
    const version = (kept.get(place)?.version ?? 0) + 1;
    const meta = { ...resource.meta, versionId: String(version) };
    kept.set(place, { version, resource: { ...resource, meta } as Resource });
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const method = request.method ?? '';
    const path = (request.url ?? '').replace(/^\/fhir\/?/, '');
    placer.asked.push({ method, path, authorization: request.headers.authorization });
    const answer = (status: number, body: object, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers });
      response.end(JSON.stringify(body));
    };
    if (placer.down !== undefined) return answer(placer.down, {});
    const events = placer.events.get(path.split('/$events')[0] ?? '');
    if (path.includes('$events')) return events ? answer(200, events) : answer(404, {});
    if (method === 'POST') {
      placer.posted.push(JSON.parse(text) as Bundle);
      return answer(200, { resourceType: 'Bundle', type: 'transaction-response' });
    }
    const found = kept.get(path);
    if (!found) return answer(404, {});
    if (method === 'PUT') {
      if (request.headers['if-match'] !== `W/"${found.version}"`) return answer(412, {});
      keep(JSON.parse(text) as Resource);
    }
    const { resource, version } = kept.get(path)!;
    answer(200, resource, { etag: `W/"${version}"` });
    if (method === 'GET') placer.afterRead?.(path);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const placer: Placer = {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    asked: [],
    posted: [],
    down: undefined,
    events: new Map(),
    afterRead: undefined,
    put: keep,
    task: (id) => kept.get(`Task/${id}`)?.resource as Task,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return placer;
}
