import { SpanStatusCode } from '@opentelemetry/api';
import type { Context } from 'hono';
import { uuid } from '../exchange/reading/envelope.ts';
import { inSpan, readTraceparent, SpanKind } from '../tracing/index.ts';

/** Name under which the path of the matching route is put into the context of a request. */
export const routeName = 'route';

/**
 * Answers in a span of the server (https://opentelemetry.io/docs/specs/semconv/http/http-spans/). The path of the route stands
 * for that of the request, and there is no address of the client: a path or a query may identify a person.
 */
export function traced(context: Context, route: string, answer: () => Response | Promise<Response>): Promise<Response> {
  context.set(routeName, route);
  const { method } = context.req;
  const journey = context.req.header('x-trace-id');
  const attributes = {
    'http.request.method': method,
    'http.route': route,
    ...(journey && uuid.test(journey) ? { 'mgn.trace_id': journey.toLowerCase() } : {}),
  };
  const parent = readTraceparent(context.req.header('traceparent'));
  return inSpan(`${method} ${route}`, { kind: SpanKind.SERVER, parent, attributes }, async (span) => {
    const response = await answer();
    span.setAttribute('http.response.status_code', response.status);
    if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    return response;
  });
}
