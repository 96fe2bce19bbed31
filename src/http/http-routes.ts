import {
  type CreateHandler,
  type Interactions,
  interactions,
  isCollection,
  type Method,
  type OperationHandler,
  type UpdateHandler,
} from './interactions.ts';

export type HandlerName = SystemHandler | TypeHandler | CreateHandler | UpdateHandler | OperationHandler;

type SystemHandler =
  | 'metadata'
  | 'accept'
  | 'validate'
  | 'explain message'
  | 'project message'
  | 'activate configuration'
  | 'list dead letters'
  | 'read dead letter'
  | 'requeue dead letters'
  | 'skip dead letter'
  | 'health'
  | 'readiness'
  | 'metrics'
  | 'token'
  | 'login discovery'
  | 'notification'
  | 'zgw notification'
  | 'intake'
  | PeopleHandler
  | OperationsHandler
  | PageHandler;
/** Pages of the console (src/pages). */
type PageHandler =
  | 'page start'
  | 'page messages'
  | 'page message'
  | 'page inbox'
  | 'page request'
  | 'answer request'
  | 'page conversations'
  | 'begin conversation'
  | 'page conversation'
  | 'save conversation'
  | 'page registrations'
  | 'begin registration'
  | 'page registration'
  | 'save registration'
  | 'page workbench'
  | 'try message'
  | 'page finding'
  | 'page findings'
  | 'page docs'
  | 'page document'
  | 'page definitions'
  | 'page definition'
  | 'open api'
  | 'asset';
type PeopleHandler =
  | 'begin login'
  | 'finish login'
  | 'log in to demo'
  | 'login ended'
  | 'log out'
  | 'log out by provider'
  | 'session'
  | 'begin emergency'
  | 'order envelope'
  | 'order issues';
type OperationsHandler =
  | 'own health'
  | 'own failures'
  | 'own replay'
  | 'own delivery'
  | 'own endpoint'
  | 'read own replay'
  | 'own test'
  | 'list messages'
  | 'list partners'
  | 'hold partner'
  | 'release partner'
  | 'list failures'
  | 'note failure'
  | 'list replays'
  | 'start replay'
  | 'count replay'
  | 'read replay'
  | 'read replay items'
  | 'cancel replay'
  | 'continue replay';
type TypeHandler =
  | 'read'
  | 'vread'
  | 'history-instance'
  | 'history-type'
  | 'search by GET'
  | 'search by POST'
  | 'read collection'
  | 'search collection';

/** One route: methods at a path, with the handler that answers. A GET answers HEAD too. */
export type HttpRoute = {
  readonly methods: readonly Method[];
  readonly path: string;
  readonly handler: HandlerName;
  /** Resource type of the path. */
  readonly type?: string;
};

const system: readonly HttpRoute[] = [
  { methods: ['GET'], path: '/healthz', handler: 'health' },
  { methods: ['GET'], path: '/readyz', handler: 'readiness' },
  { methods: ['GET'], path: '/metrics', handler: 'metrics' },
  { methods: ['POST'], path: '/oauth2/token', handler: 'token' },
  { methods: ['GET'], path: '/.well-known/smart-configuration', handler: 'login discovery' },
  { methods: ['GET'], path: '/.well-known/oauth-authorization-server', handler: 'login discovery' },
  { methods: ['GET'], path: '/fhir/.well-known/smart-configuration', handler: 'login discovery' },
  { methods: ['POST'], path: '/configuration/$activate', handler: 'activate configuration' },
  { methods: ['GET'], path: '/dead-letters', handler: 'list dead letters' },
  { methods: ['POST'], path: '/dead-letters/$requeue', handler: 'requeue dead letters' },
  { methods: ['GET'], path: '/dead-letters/:id', handler: 'read dead letter' },
  { methods: ['POST'], path: '/dead-letters/:id/$skip', handler: 'skip dead letter' },
  { methods: ['GET'], path: '/admin/messages', handler: 'list messages' },
  { methods: ['GET'], path: '/admin/partners', handler: 'list partners' },
  { methods: ['POST'], path: '/admin/partners/:id/$hold', handler: 'hold partner' },
  { methods: ['POST'], path: '/admin/partners/:id/$release', handler: 'release partner' },
  { methods: ['GET'], path: '/admin/failures', handler: 'list failures' },
  { methods: ['POST'], path: '/admin/failures/$note', handler: 'note failure' },
  { methods: ['GET'], path: '/admin/replays', handler: 'list replays' },
  { methods: ['POST'], path: '/admin/replays', handler: 'start replay' },
  { methods: ['POST'], path: '/admin/replays/$count', handler: 'count replay' },
  { methods: ['GET'], path: '/admin/replays/:id', handler: 'read replay' },
  { methods: ['GET'], path: '/admin/replays/:id/items', handler: 'read replay items' },
  { methods: ['POST'], path: '/admin/replays/:id/$cancel', handler: 'cancel replay' },
  { methods: ['POST'], path: '/admin/replays/:id/$continue', handler: 'continue replay' },
  { methods: ['GET'], path: '/partner/health', handler: 'own health' },
  { methods: ['GET'], path: '/partner/failures', handler: 'own failures' },
  { methods: ['POST'], path: '/partner/failures/$replay', handler: 'own replay' },
  { methods: ['GET'], path: '/partner/deliveries/:id', handler: 'own delivery' },
  { methods: ['GET'], path: '/partner/endpoint', handler: 'own endpoint' },
  { methods: ['GET'], path: '/partner/replays/:id', handler: 'read own replay' },
  { methods: ['POST'], path: '/partner/$test', handler: 'own test' },
  { methods: ['GET'], path: '/', handler: 'page start' },
  { methods: ['GET'], path: '/workbench', handler: 'page workbench' },
  { methods: ['POST'], path: '/workbench', handler: 'try message' },
  { methods: ['GET'], path: '/messages', handler: 'page messages' },
  { methods: ['GET'], path: '/messages/:id', handler: 'page message' },
  { methods: ['GET'], path: '/inbox', handler: 'page inbox' },
  { methods: ['GET'], path: '/inbox/:id', handler: 'page request' },
  { methods: ['POST'], path: '/inbox/:id', handler: 'answer request' },
  { methods: ['GET'], path: '/register', handler: 'page registrations' },
  { methods: ['POST'], path: '/register', handler: 'begin registration' },
  { methods: ['GET'], path: '/register/:id', handler: 'page registration' },
  { methods: ['POST'], path: '/register/:id', handler: 'save registration' },
  { methods: ['GET'], path: '/conversation', handler: 'page conversations' },
  { methods: ['POST'], path: '/conversation', handler: 'begin conversation' },
  { methods: ['GET'], path: '/conversation/:id', handler: 'page conversation' },
  { methods: ['POST'], path: '/conversation/:id', handler: 'save conversation' },
  { methods: ['GET'], path: '/docs/findings', handler: 'page findings' },
  { methods: ['GET'], path: '/docs/findings/:code', handler: 'page finding' },
  { methods: ['GET'], path: '/docs', handler: 'page docs' },
  { methods: ['GET'], path: '/docs/openapi.json', handler: 'open api' },
  { methods: ['GET'], path: '/docs/definitions', handler: 'page definitions' },
  { methods: ['GET'], path: '/docs/definitions/:type/:id', handler: 'page definition' },
  { methods: ['GET'], path: '/docs/:page', handler: 'page document' },
  { methods: ['GET'], path: '/docs/:folder/:page', handler: 'page document' },
  { methods: ['GET'], path: '/assets/:digest/:name', handler: 'asset' },
  { methods: ['GET'], path: '/login', handler: 'begin login' },
  { methods: ['GET'], path: '/login/callback', handler: 'finish login' },
  { methods: ['POST'], path: '/login/demo', handler: 'log in to demo' },
  { methods: ['GET'], path: '/login/ended', handler: 'login ended' },
  { methods: ['POST'], path: '/logout', handler: 'log out' },
  { methods: ['POST'], path: '/logout/back-channel', handler: 'log out by provider' },
  { methods: ['GET'], path: '/session', handler: 'session' },
  { methods: ['POST'], path: '/emergency', handler: 'begin emergency' },
  { methods: ['GET'], path: '/orders/:id', handler: 'order envelope' },
  { methods: ['GET'], path: '/orders/:id/issues', handler: 'order issues' },
  { methods: ['POST'], path: '/notifications', handler: 'notification' },
  { methods: ['POST'], path: '/zgw/:partner/notifications', handler: 'zgw notification' },
  { methods: ['POST'], path: '/intake/:name', handler: 'intake' },
  { methods: ['GET'], path: '/fhir/metadata', handler: 'metadata' },
  { methods: ['POST'], path: '/fhir', handler: 'accept' },
  { methods: ['POST'], path: '/fhir/$process-message', handler: 'accept' },
  { methods: ['POST'], path: '/fhir/$validate', handler: 'validate' },
  { methods: ['POST'], path: '/fhir/$explain', handler: 'explain message' },
  { methods: ['POST'], path: '/fhir/$project', handler: 'project message' },
];

/** Operations before instances: `Task/$silent` is not the Task with the id `$silent`. */
function routesOf(type: string, offered: Interactions): readonly HttpRoute[] {
  const { from, search, create, update, patch, operations = [] } = offered;
  const at = (methods: readonly Method[], path: string, handler: HandlerName): HttpRoute => ({
    methods,
    path: `/fhir/${type}${path}`,
    handler,
    type,
  });
  return [
    at(['POST'], '/$validate', 'validate'),
    ...operations.flatMap(({ name, handler, at: levels, methods }) =>
      levels.map((level) => at(methods, level === 'type' ? `/$${name}` : `/:id/$${name}`, handler)),
    ),
    ...(create ? [at(['POST'], '', create.handler)] : []),
    ...(update ? [at(['PUT'], '/:id', update.handler)] : []),
    ...(patch ? [at(['PATCH'], '/:id', patch.handler)] : []),
    ...(isCollection(offered)
      ? [at(['GET'], '', 'search collection'), at(['GET'], '/:id', 'read collection')]
      : [
          ...(search || from === 'directory' ? [at(['GET'], '', 'search by GET')] : []),
          ...(search ? [at(['POST'], '/_search', 'search by POST')] : []),
          ...(from === 'directory' ? [at(['GET'], '/_history', 'history-type')] : []),
          at(['GET'], '/:id', 'read'),
          at(['GET'], '/:id/_history', 'history-instance'),
          at(['GET'], '/:id/_history/:version', 'vread'),
        ]),
  ];
}

/** Every route of the gateway. */
export const httpRoutes: readonly HttpRoute[] = [
  ...system,
  ...Object.entries(interactions).flatMap(([type, offered]) => routesOf(type, offered)),
];

/** A search by GET of a type that is searched by POST only has a route, for its refusal, but is not in Allow. */
const isAllowed = ({ handler, type = '' }: HttpRoute): boolean =>
  handler !== 'search by GET' || interactions[type]?.search !== 'post only';

/**
 * Methods for the Allow header of a 405 (https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed). Empty at
 * a type without type-level interactions; undefined at an unknown path.
 */
export function allowedAt(path: string): readonly string[] | undefined {
  const parts = path.replace(/(?<=.)\/$/, '').split('/');
  const matching = httpRoutes.filter((it) => isAllowed(it) && matches(it.path.split('/'), parts));
  // `Task/$silent` and `Task/_search` also match the path of a read, which they are not
  const last = parts.at(-1) ?? '';
  const literal = matching.filter((it) => it.path.endsWith(`/${last}`));
  const found = literal.length > 0 || last.startsWith('$') ? literal : matching;
  if (found.length > 0) return methodsOf(found);
  const [, fhir, type = '', ...more] = parts;
  return fhir === 'fhir' && more.length === 0 && Object.hasOwn(interactions, type) ? [] : undefined;
}

const matches = (pattern: readonly string[], parts: readonly string[]): boolean =>
  pattern.length === parts.length && pattern.every((it, index) => it.startsWith(':') || it === parts[index]);

const methodsOf = (found: readonly HttpRoute[]): readonly string[] => {
  const methods = new Set(found.flatMap((it) => it.methods));
  return [...(methods.has('GET') ? ['GET', 'HEAD'] : []), ...[...methods].filter((it) => it !== 'GET')];
};
