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
  | 'activate configuration'
  | 'health'
  | 'readiness'
  | 'notification'
  | 'intake';
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
export type Offer = {
  readonly methods: readonly Method[];
  readonly path: string;
  readonly handler: HandlerName;
  /** Resource type of the path. */
  readonly type?: string;
};

const system: readonly Offer[] = [
  { methods: ['GET'], path: '/healthz', handler: 'health' },
  { methods: ['GET'], path: '/readyz', handler: 'readiness' },
  { methods: ['POST'], path: '/configuration/$activate', handler: 'activate configuration' },
  { methods: ['POST'], path: '/notifications', handler: 'notification' },
  { methods: ['POST'], path: '/intake/:name', handler: 'intake' },
  { methods: ['GET'], path: '/fhir/metadata', handler: 'metadata' },
  { methods: ['POST'], path: '/fhir', handler: 'accept' },
  { methods: ['POST'], path: '/fhir/$process-message', handler: 'accept' },
  { methods: ['POST'], path: '/fhir/$validate', handler: 'validate' },
  { methods: ['POST'], path: '/fhir/$explain', handler: 'explain message' },
];

/** Operations before instances: `Task/$silent` is not the Task with the id `$silent`. */
function offersOf(type: string, offered: Interactions): readonly Offer[] {
  const { from, search, create, update, patch, operations = [] } = offered;
  const at = (methods: readonly Method[], path: string, handler: HandlerName): Offer => ({
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
export const offers: readonly Offer[] = [
  ...system,
  ...Object.entries(interactions).flatMap(([type, offered]) => offersOf(type, offered)),
];

/** Type whose search is offered by POST alone: a GET of it is answered, and not offered. */
const isOffered = ({ handler, type = '' }: Offer): boolean =>
  handler !== 'search by GET' || interactions[type]?.search !== 'post only';

/**
 * The methods offered at a path: a 405 names them (https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed).
 * Empty where a type can't be reached as a whole; undefined where there is nothing at all.
 */
export function allowedAt(path: string): readonly string[] | undefined {
  const parts = path.replace(/\/$/, '').split('/');
  const matching = offers.filter((it) => isOffered(it) && matches(it.path.split('/'), parts));
  // `Task/$silent` and `Task/_search` also have the shape of a read, and nothing can be read there
  const last = parts.at(-1) ?? '';
  const literal = matching.filter((it) => it.path.endsWith(`/${last}`));
  const found = literal.length > 0 || last.startsWith('$') ? literal : matching;
  if (found.length > 0) return methodsOf(found);
  const [, fhir, type = '', ...more] = parts;
  return fhir === 'fhir' && more.length === 0 && Object.hasOwn(interactions, type) ? [] : undefined;
}

const matches = (pattern: readonly string[], parts: readonly string[]): boolean =>
  pattern.length === parts.length && pattern.every((it, index) => it.startsWith(':') || it === parts[index]);

const methodsOf = (found: readonly Offer[]): readonly string[] => {
  const methods = new Set(found.flatMap((it) => it.methods));
  return [...(methods.has('GET') ? ['GET', 'HEAD'] : []), ...[...methods].filter((it) => it !== 'GET')];
};
