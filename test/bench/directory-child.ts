/** A made-up country as another directory: search and _history, page by page (mCSD ITI-91), on a port of its own. */
import { createServer } from 'node:http';
import { directoryOf } from './national.ts';

const factor = Number(process.argv[2] ?? 1);
const perPage = 500;
const started = new Date('2026-11-01T10:00:00Z').toISOString();
const texts = new Map<string, string[]>();
for (const resource of directoryOf(factor)) {
  const list = texts.get(resource.resourceType) ?? [];
  texts.set(resource.resourceType, list);
  list.push(JSON.stringify({ ...resource, meta: { versionId: '1', lastUpdated: started } }));
}
const changed = new Map<string, string[]>();

/** A number of services tell a new capacity: what the next _history has. */
function change(count: number): void {
  const at = new Date().toISOString();
  const all = texts.get('HealthcareService') ?? [];
  const list = changed.get('HealthcareService') ?? [];
  changed.set('HealthcareService', list);
  for (const text of all.slice(-count)) {
    const it = JSON.parse(text);
    list.unshift(JSON.stringify({ ...it, name: `${it.name} (nieuw)`, meta: { versionId: '2', lastUpdated: at } }));
  }
}

const server = createServer({ keepAliveTimeout: 3_600_000 }, (request, response) => {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const [, , type = '', history] = url.pathname.split('/');
  if (type === 'change') {
    change(Number(url.searchParams.get('count')));
    response.end();
    return;
  }
  const all = (history ? changed : texts).get(type) ?? [];
  const page = Number(url.searchParams.get('page') ?? 0);
  const entries = all.slice(page * perPage, (page + 1) * perPage);
  url.searchParams.set('page', String(page + 1));
  const link = (page + 1) * perPage < all.length ? `,"link":[{"relation":"next","url":"${url.href}"}]` : '';
  response.setHeader('content-type', 'application/fhir+json');
  const entry = entries.length > 0 ? `,"entry":[${entries.map((it) => `{"resource":${it}}`).join(',')}]` : '';
  response.end(`{"resourceType":"Bundle","type":"${history ? 'history' : 'searchset'}"${link}${entry}}`);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
