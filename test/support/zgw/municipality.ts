/** A municipality on loopback: Zaken, Documenten and Notificaties as a real HTTP server that takes in what the standard permits. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';
import { type Contract, contractOf, type Exchanged, hasContracts } from './contract.ts';
import { type Answered, type Catalogue, makeRegister, problem, type Register } from './register.ts';

/** What happens to a request instead of an answer, or after it was carried out. */
export type Fault =
  | { readonly status: number; readonly code?: string; readonly headers?: Readonly<Record<string, string>> }
  /** It is carried out, and the connection closed without an answer. */
  | 'lost';

export type Municipality = Register & {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly secret: string;
  /** All exchanges, in order. */
  readonly exchanged: Exchanged[];
  /** What did not fit the published contracts; always empty without them. */
  readonly violations: string[];
  /** Asked before each request. */
  fault: ((method: string, path: string) => Fault | undefined) | undefined;
  /** POSTs a notification to the callback of each subscription; their statuses. */
  readonly notify: (zaak: string, how?: 'notificatie' | 'cloudevent') => Promise<readonly number[]>;
  readonly close: () => Promise<void>;
};

const clientId = 'mgn-gateway';

export async function startMunicipality(catalogue: Catalogue): Promise<Municipality> {
  const contracts: Readonly<Record<string, Contract>> = hasContracts
    ? { zaken: contractOf('zaken'), documenten: contractOf('documenten') }
    : {};
  const secret = `secret-of-zaken-${randomUUID()}`;
  const exchanged: Exchanged[] = [];
  const violations: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', origin());
    const [, api = '', path = ''] = /^\/(zaken|documenten|notificaties)\/api\/v1(\/.*)$/.exec(url.pathname) ?? [];
    const body = await bodyOf(request);
    const { method = 'GET', headers } = request;
    const fault = municipality.fault?.(method, `/${api}${path}`);
    const isAuthentic = await authentic(headers.authorization, secret);
    const done: Answered = !isAuthentic
      ? problem(403, 'permission_denied')
      : fault && fault !== 'lost'
        ? { ...problem(fault.status, fault.code ?? 'error'), ...(fault.headers ? { headers: fault.headers } : {}) }
        : await municipality.carryOut({ api, method, path, query: url.searchParams, body });
    const it = { method, path, query: url.searchParams, headers, body, status: done.status, answer: done.body };
    exchanged.push(it);
    try {
      violations.push(...(contracts[api]?.(it) ?? []));
    } catch (why) {
      violations.push(String(why));
    }
    if (fault === 'lost') {
      request.socket.destroy();
      return;
    }
    const type = done.status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(done.status, { 'content-type': type, ...done.headers });
    response.end(JSON.stringify(done.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo | null)?.port}`;
  const register = makeRegister(origin(), catalogue);
  const municipality: Municipality = {
    ...register,
    origin: origin(),
    secret,
    exchanged,
    violations,
    fault: undefined,
    notify: async (zaak, how = 'notificatie') => {
      const cloudEvent = {
        specversion: '1.0',
        type: 'nl.overheid.zaken.zaak-gemuteerd',
        source: 'urn:nld:oin:00000000000000000000:zakensysteem',
        subject: zaak.split('/').at(-1),
        id: randomUUID(),
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        data: {},
      };
      const notificatie = {
        kanaal: 'zaken',
        hoofdObject: zaak,
        resource: 'status',
        resourceUrl: `${origin()}/zaken/api/v1/statussen/${randomUUID()}`,
        actie: 'create',
        aanmaakdatum: new Date().toISOString(),
        kenmerken: { zaaktype: catalogue.zaaktype, bronorganisatie: catalogue.rsin },
      };
      return Promise.all(
        register.subscriptions.map(async ({ callbackUrl, auth }) => {
          const sent = await fetch(callbackUrl, {
            method: 'POST',
            headers: {
              authorization: auth,
              'content-type': how === 'cloudevent' ? 'application/cloudevents+json' : 'application/json',
            },
            body: JSON.stringify(how === 'cloudevent' ? cloudEvent : notificatie),
          });
          return sent.status;
        }),
      );
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return municipality;
}

/** A JWT with the claims of ZGW, made within the last minutes. */
async function authentic(authorization: string | undefined, secret: string): Promise<boolean> {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (!token) return false;
  try {
    const options = { algorithms: ['HS256'], issuer: clientId, maxTokenAge: 300 };
    const { payload } = await jwtVerify(token, Buffer.from(secret), options);
    return payload.client_id === clientId && 'user_id' in payload && 'user_representation' in payload;
  } catch {
    return false;
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text ? JSON.parse(text) : undefined;
}
