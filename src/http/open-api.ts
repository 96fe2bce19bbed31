import type { Permission } from '../access/index.ts';
import type { HandlerName, HttpRoute } from './http-routes.ts';
import { interactions, searchable } from './interactions.ts';
import { requiredScope } from './required-scope.ts';

type Json = { readonly [name: string]: unknown };

const fhir = ['application/fhir+json', 'application/fhir+xml'] as const;
const schemas = {
  Resource: { type: 'object', required: ['resourceType'], properties: { resourceType: { type: 'string' } } },
  OperationOutcome: {
    type: 'object',
    required: ['resourceType', 'issue'],
    properties: { resourceType: { const: 'OperationOutcome' }, issue: { type: 'array', items: { type: 'object' } } },
  },
};

/** For browsers and for the way back of a login: not for programs. */
const forBrowsers = /^(?:page|asset|open api|answer request|try message|(?:begin|finish|log|session|login ended)\b)/;

/**
 * The API as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html), made from the table of routes: each path with its
 * methods, search parameters, media types and the scope that a token needs. The content of resources is that of FHIR and
 * of the profiles, which a schema of OpenAPI cannot state.
 */
export function openApiOf(
  routes: readonly HttpRoute[],
  of: { readonly version: string; readonly baseUrl: string },
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    if (forBrowsers.test(route.handler)) continue;
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    for (const method of route.methods) paths[path]![method.toLowerCase()] ??= operation(route, method);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'mgn-gateway',
      version: of.version,
      description:
        'FHIR R4 gateway of a mental-health network. GET /fhir/metadata has the CapabilityStatement; the profiles are under /docs/definitions.',
    },
    servers: [{ url: of.baseUrl.replace(/\/fhir$/, '') }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Access token of POST /oauth2/token, bound to its scopes.',
        },
      },
    },
  };
}

function operation(route: HttpRoute, method: string): Json {
  const { handler, type, path } = route;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const parameters = [...inPath, ...(isSearch(handler) && type ? searchParameters(type) : [])];
  const scope = scopeText(route);
  const isFhir = path.startsWith('/fhir');
  return {
    operationId: operationId(method, path),
    summary: type ? `${handler} (${type})`.replace(` ${type} (`, ' (') : handler,
    tags: [type ?? path.split('/')[1]!],
    ...(scope ? { description: `Scope: ${scope}.` } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(method === 'GET' ? {} : { requestBody: { content: bodies(handler, method, isFhir) } }),
    ...(anonymous.has(handler) ? { security: [] } : {}),
    responses: {
      default: {
        description: 'A refusal: an OperationOutcome with the code, the place and the remedy.',
        content: { 'application/fhir+json': { schema: { $ref: '#/components/schemas/OperationOutcome' } } },
      },
      [method === 'POST' && handler.startsWith('create') ? '201' : '200']: {
        description: 'Done.',
        content: isFhir ? resources() : { 'application/json': { schema: { type: 'object' } } },
      },
    },
  };
}

const anonymous: ReadonlySet<HandlerName> = new Set<HandlerName>([
  ...(['health', 'readiness', 'metadata', 'token', 'login discovery', 'zgw notification'] as const),
]);

const isSearch = (handler: HandlerName): boolean => handler === 'search by GET' || handler === 'search collection';

const resources = (): Json =>
  Object.fromEntries(fhir.map((it) => [it, { schema: { $ref: '#/components/schemas/Resource' } }]));

function bodies(handler: HandlerName, method: string, isFhir: boolean): Json {
  if (method === 'PATCH') return { 'application/json-patch+json': { schema: { type: 'array' } }, ...resources() };
  const form = { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } };
  if (handler === 'search by POST' || handler === 'token') return form;
  return isFhir ? resources() : { 'application/json': { schema: { type: 'object' } } };
}

const searchParameters = (type: string): readonly Json[] =>
  (interactions[type] ? searchable(type) : []).map((name) => ({ name, in: 'query', schema: { type: 'string' } }));

const actions: Readonly<Record<Permission, string>> = { c: 'create', r: 'read', u: 'update', d: 'delete', s: 'search' };

/** The scope of SMART v2 that the route needs (https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html). */
function scopeText(route: HttpRoute): string {
  const scope = requiredScope(route, undefined);
  if (scope === undefined) return '';
  if (typeof scope === 'string') return scope === 'any token' ? 'any' : scope;
  return scope.map(({ type, permission }) => `system/${type}.${permission} (${actions[permission]})`).join(', ');
}

/** `get_fhir_Task_id`: unique, as a generated client names its functions. */
const operationId = (method: string, path: string): string =>
  `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;
