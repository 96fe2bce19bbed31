import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { refused } from './exchange/pipeline/answer.ts';
import { auditRefusal } from './exchange/pipeline/audit-refusal.ts';
import type { Gateway } from './exchange/pipeline/gateway.ts';
import { type Issue, issue } from './fhir/issue.ts';
import { bodyShare } from './http/body.ts';
import { compressed } from './http/compressed.ts';
import { envelopeOf, type LoginPart, loginPart } from './http/envelope.ts';
import { type GatewayInfo, handlersFor } from './http/handlers.ts';
import { type HandlerName, type HttpRoute, httpRoutes } from './http/http-routes.ts';
import { acceptIntake } from './http/intake.ts';
import { refusePage } from './http/pages/page.ts';
import { prefersPage } from './http/people/page.ts';
import { unsupported } from './http/reader.ts';
import { replyIssues } from './http/reply.ts';
import { requiredScope } from './http/required-scope.ts';
import { routeName, traced } from './http/traced.ts';
import { issueOfFault } from './store/store-fault.ts';

export type { GatewayInfo };

/**
 * What a page of a configured origin may send and read (https://fetch.spec.whatwg.org/#http-cors-protocol). Without
 * credentials of the browser: a page authenticates with the token that it was given.
 */
const crossOrigin = {
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH'],
  allowHeaders: [
    ...[
      'Authorization',
      'DPoP',
      'Accept',
      'Content-Type',
      'Content-Encoding',
      'If-Match',
      'If-None-Match',
      'If-Modified-Since',
    ],
    ...['Prefer', 'X-Request-Id', 'X-Correlation-Id', 'X-Trace-Id'],
  ],
  exposeHeaders: [
    ...['ETag', 'Location', 'Last-Modified', 'Allow', 'Retry-After', 'WWW-Authenticate', 'Preference-Applied'],
    ...['X-Request-Id', 'Mgn-Findings', 'Mgn-Unread', 'DPoP-Nonce'],
  ],
  maxAge: 600,
};

/** Of the gateway itself: they are asked every few seconds. */
const untraced: ReadonlySet<HttpRoute['handler']> = new Set(['health', 'readiness', 'metrics']);

/** Answered to anybody, or by the session of a person alone: a login that comes along does not count for a partner. */
const withoutLogin: ReadonlySet<HandlerName> = new Set<HandlerName>([
  ...(['health', 'readiness', 'metrics', 'metadata', 'token', 'login discovery', 'zgw notification'] as const),
  ...(['begin login', 'finish login', 'log in to demo', 'login ended', 'session'] as const),
  ...(['log out', 'log out by provider', 'begin emergency'] as const),
  ...(['page finding', 'page findings', 'asset', 'open api'] as const),
  ...(['page docs', 'page document', 'page definitions', 'page definition'] as const),
]);

const loginPartOf = (context: Context): LoginPart => context.get(loginPart);

const scopeOf = (route: HttpRoute, context: Context) => requiredScope(route, context.req.header('if-none-exist'));

/**
 * The gateway over HTTP: FHIR under /fhir, health at the root. The interactions are the table in http/interactions.ts.
 */
export function createApp(gateway: Gateway, info: GatewayInfo): Hono {
  const app = new Hono({ strict: false }); // a trailing slash is ignored
  const handlers = handlersFor(gateway, info);
  const certificateIn = (context: Context): Pick<LoginPart, 'certificate'> => {
    const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
    return incoming && info.certificateOf ? { certificate: info.certificateOf(incoming) } : {};
  };
  app.use(async (context: Context, next) => {
    const share = gateway.bodies.open(gateway.network.settings.limits);
    context.set(bodyShare, share);
    context.set(loginPart, { ...certificateIn(context), requires: 'any token' } satisfies LoginPart);
    try {
      await next();
      if (context.req.header('dpop')) context.header('DPoP-Nonce', info.tokenEndpoint.nonce(gateway.world.now()));
    } finally {
      share.release();
      const route = context.get(routeName) ?? 'other';
      info.metrics?.answer({ method: context.req.method, route, status: context.res.status });
    }
  });
  const { origins } = gateway.network.settings.cors;
  const preflight = cors({ ...crossOrigin, origin: [...origins] });
  if (origins.length > 0)
    app.use('/fhir/*', async (context, next) => {
      const refused = context.req.method === 'OPTIONS' ? info.anonymous?.() : undefined;
      return refused ?? preflight(context, next);
    });
  app.use('/fhir/*', compressed);
  for (const route of httpRoutes)
    app.on([...route.methods], route.path, (context) => {
      const part: LoginPart = { ...loginPartOf(context), requires: scopeOf(route, context) };
      (context as Context).set(loginPart, part);
      const refused = withoutLogin.has(route.handler) ? info.anonymous?.() : undefined;
      const answer = () => refused ?? handlers[route.handler](gateway, context, route.type ?? '');
      (context as Context).set(routeName, route.path);
      return untraced.has(route.handler) ? answer() : traced(context, route.path, answer);
    });
  app.post('/fhir/:type/$validate', (context) =>
    traced(context, '/fhir/:type/$validate', () => handlers.validate(gateway, context, context.req.param('type'))),
  );
  app.all('/intake/:name', (context) => acceptIntake(gateway, context));
  app.all('/fhir/*', (context) => unsupported(gateway, context));
  const refuseAny = (context: Context, issues: readonly Issue[]) =>
    context.req.method === 'GET' && !context.req.path.startsWith('/fhir') && prefersPage(context)
      ? refusePage(gateway, context, info, issues)
      : replyIssues(context, issues);
  app.notFound((context) => info.anonymous?.() ?? refuseAny(context, [issue('not-found', {})]));
  app.onError(async (fault, context) => {
    gateway.report(fault, 'http');
    const issues = [issueOfFault(fault, 'http')];
    await auditRefusal(gateway, envelopeOf(context, 0), 'fault', 'E')(refused(issues));
    return refuseAny(context, issues);
  });
  return app;
}
