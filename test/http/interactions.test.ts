import { expect, test } from 'vitest';
import { allowedAt, httpRoutes } from '../../src/http/http-routes.ts';
import { interactions } from '../../src/http/interactions.ts';
import { capabilityStatement } from '../../src/http/metadata.ts';

/** Routes, the Allow header and the CapabilityStatement come from one table: they can't disagree. */
const statement = capabilityStatement('http://localhost:8080/fhir', '0', new Date(0)).rest?.[0];
const sample = (path: string): string => path.replace(/:\w+/g, '1');

test('a 405 names every method of its path, unless the route answers only to refuse', () => {
  for (const { methods, path, handler, type = '' } of httpRoutes) {
    const allowed = allowedAt(sample(path)) ?? [];
    const refuses = handler === 'search by GET' && interactions[type]?.search === 'post only';
    for (const method of methods) expect(allowed.includes(method), `${method} ${path}`).toBe(!refuses);
  }
});

test.each([
  ['/fhir/Task', ['GET', 'HEAD', 'POST']],
  ['/fhir/Task/$silent', ['GET', 'HEAD']],
  ['/fhir/Task/1', ['GET', 'HEAD', 'PUT', 'PATCH']],
  ['/fhir/Consent/1', ['GET', 'HEAD', 'PUT']],
  ['/fhir/StructureMap/$transform', ['POST']],
  ['/fhir/StructureMap/1/$transform', ['POST']],
  ['/fhir/Subscription/1/$status', ['GET', 'HEAD', 'POST']],
  ['/fhir/Organization/_history', ['GET', 'HEAD']],
  ['/fhir/Task/_search', ['POST']],
  ['/fhir/Patient/_search', ['POST']],
  ['/fhir', ['POST']],
  ['/fhir/', ['POST']],
])('%s allows %j', (path, methods) => {
  expect([...(allowedAt(path) ?? [])].sort()).toEqual([...methods].sort());
});

test('a type that is never reached as a whole allows nothing there; what is nowhere is not found', () => {
  expect(allowedAt('/fhir/Patient')).toEqual([]);
  expect(allowedAt('/fhir/Goal')).toEqual([]);
  for (const path of [
    '/fhir/Nothing',
    '/fhir/Nothing/1',
    '/fhir/Task/1/2/3/4',
    '/fhir/constructor',
    '/fhir/Task/$nothing',
  ])
    expect(allowedAt(path), path).toBeUndefined();
});

test('the CapabilityStatement states the interactions that have a route, and no other', () => {
  const handlersOf = (type: string) =>
    new Set(httpRoutes.filter((it) => it.type === type).map(({ handler }) => handler));
  for (const { type = '', interaction = [], operation = [] } of statement?.resource ?? []) {
    const handlers = handlersOf(type);
    const codes = new Set(interaction.map(({ code }) => code as string));
    const isCollection = handlers.has('read collection');
    expect(codes.has('read'), type).toBe(isCollection || handlers.has('read'));
    expect(codes.has('vread'), type).toBe(handlers.has('vread'));
    expect(codes.has('history-type'), type).toBe(handlers.has('history-type'));
    expect(codes.has('search-type'), type).toBe(
      handlers.has('search collection') || handlers.has('search by GET') || handlers.has('search by POST'),
    );
    for (const code of ['create', 'update', 'patch'] as const)
      expect(codes.has(code), `${type} ${code}`).toBe([...handlers].some((it) => it === `${code} ${type}`));
    const paths = httpRoutes.filter((it) => it.type === type).map(({ path }) => path);
    for (const { name } of operation)
      expect(
        paths.some((it) => it.endsWith(`/$${name}`)),
        `${type}/$${name}`,
      ).toBe(true);
  }
  expect(statement?.resource?.map(({ type }) => type)).toEqual(Object.keys(interactions));
});
