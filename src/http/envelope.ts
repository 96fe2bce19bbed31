import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { LoginRequest } from '../access/index.ts';
import type { Envelope } from '../exchange/reading/envelope.ts';
import { isLoopbackHost } from '../outbound/address.ts';
import { readTraceparent } from '../tracing/index.ts';
import { readBody } from './body.ts';
import { plainAddress } from './limits/client-address.ts';
import { formatOf } from './media.ts';

/** Name under which app.ts puts the client certificate and the required scope of a request into its context. */
export const loginPart = 'login part';

/** Name under which a page puts the token of its form, which a form sends as a field and not as a header. */
export const formToken = 'form token';

export type LoginPart = Pick<LoginRequest, 'certificate' | 'requires'>;

/** The request without HTTP. `bodyLimit` in bytes. */
export const envelopeOf = (context: Context, bodyLimit: number): Envelope => ({
  authorization: context.req.header('authorization'),
  dpop: context.req.header('dpop'),
  method: context.req.method,
  path: context.req.path,
  ...(context.get(loginPart) as LoginPart | undefined),
  ...pageOf(context),
  requestId: context.req.header('x-request-id'),
  correlationId: context.req.header('x-correlation-id'),
  traceId: context.req.header('x-trace-id'),
  traceparent: readTraceparent(context.req.header('traceparent')),
  ifMatch: context.req.header('if-match'),
  ifNoneExist: context.req.header('if-none-exist'),
  contentType: context.req.header('content-type'),
  answerable: formatOf(context),
  address: clientOf(context),
  since: performance.now(),
  readBody: () => readBody(context, bodyLimit),
});

/** Session of a person, and the page that a request came from; nothing for a system, which has no cookie. */
function pageOf(context: Context): Pick<LoginRequest, 'cookies' | 'page' | 'csrfToken'> {
  const { req } = context;
  const cookies = req.header('cookie');
  if (cookies === undefined) return {};
  const page = { origin: req.header('origin'), site: req.header('sec-fetch-site'), host: req.header('host') };
  return { cookies, page, csrfToken: req.header('x-csrf-token') ?? (context.get(formToken) as string | undefined) };
}

/** What the gateway adds to the request of Node's server. */
export type Bindings = HttpBindings & { readonly clientAddress?: string | undefined };

/** Whether a client is on this machine, by its connection and by the proxies that are trusted: anybody may write the Host header. */
export function isClientOnThisMachine(context: Context): boolean {
  const { incoming } = (context.env ?? {}) as Partial<Bindings>;
  return [incoming?.socket.remoteAddress, clientOf(context)].every((it) => isLoopbackHost(plainAddress(it ?? '')));
}

const clientOf = ({ env }: Context): string | undefined => {
  const { clientAddress, incoming } = (env ?? {}) as Partial<Bindings>;
  return clientAddress ?? incoming?.socket.remoteAddress;
};
