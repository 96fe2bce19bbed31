import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { request } from 'undici';
import { parseJson } from '../../src/fhir/json.ts';
import { isType, type Resource } from '../../src/fhir/resource.ts';
import { silent } from '../../src/main/log.ts';
import { type Configuration, openStore, type Running, type RunOptions, run } from '../../src/main.ts';
import type { Store } from '../../src/store/port.ts';
import { demoConfiguration } from './demo-configuration.ts';
import { clonedStore } from './store/cloned-store.ts';

/** The real gateway on the demo network, listening on loopback: tests stand where its users stand. */
export type TestGateway = {
  readonly running: Running;
  readonly store: Store;
  readonly url: string;
  readonly ask: Ask;
  readonly stop: () => Promise<void>;
};

export type Asking = {
  readonly as?: string;
  readonly token?: string;
  readonly body?: string | Buffer;
  readonly contentType?: string;
  readonly requestId?: string | null;
  /** Sends the identifiers of Task and order as they are; otherwise each request names an order of its own. */
  readonly sameOrder?: true;
  readonly headers?: Readonly<Record<string, string>>;
};
export type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};
export type Ask = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  asking?: Asking,
) => Promise<Answered>;

/** Partners without an address given here get one where nobody listens: what is sent to them waits. */
export async function startGateway(
  options: {
    readonly addresses?: Readonly<Record<string, string>>;
    readonly store?: string;
    /** Changes the demo configuration. */
    readonly configure?: (configured: Configuration) => Configuration;
  } & Partial<RunOptions> = {},
): Promise<TestGateway> {
  const { configure = (it) => it, ...runOptions } = options;
  const configured = configure(await demoConfiguration(options.addresses));
  const opened = await openStore(options.store ?? 'sqlite::memory:');
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  // no call of the gateway may pass what a store in another thread cannot receive
  const store = clonedStore(opened.value);
  const running = await run(configured, store, { port: 0, log: silent, ...runOptions });
  const url = `http://127.0.0.1:${running.port}`;
  return { running, store, url, ask: asker(url), stop: running.stop };
}

export const asker =
  (url: string): Ask =>
  async (
    method,
    path,
    { as, token, body, contentType = 'application/fhir+json', requestId, headers, sameOrder } = {},
  ) => {
    const bearer = token ?? (as && `demo-${as}`);
    const answer = await request(`${url}${path}`, {
      method,
      headers: {
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(method === 'GET' || requestId === null ? {} : { 'x-request-id': requestId ?? randomUUID() }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: method === 'POST' && !sameOrder ? namedAnew(body, requestId ?? headers?.['x-request-id']) : body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };

/** As a sender does that was refused for load (`gateway-busy`): the same request again, after a moment. */
export const askingAgain =
  (ask: Ask): Ask =>
  async (method, path, asking = {}) => {
    const same = { ...asking, requestId: asking.requestId === undefined ? randomUUID() : asking.requestId };
    for (;;) {
      const answer = await ask(method, path, same);
      if (answer.status !== 503 || !rulesOf(answer).includes('gateway-busy')) return answer;
      await setTimeout(200);
    }
  };

/** Examples are sent many times to one gateway: each request gets order numbers of its own, the same for one request id. */
function namedAnew(body: string | Buffer, requestId: string | null | undefined): string | Buffer {
  // bytes pass through Latin-1 unchanged, whatever their encoding
  if (typeof body !== 'string') return Buffer.from(`${namedAnew(body.toString('latin1'), requestId)}`, 'latin1');
  if (/"method"\s*:\s*"(PUT|PATCH)"/.test(body)) return body;
  const suffix = (requestId ?? randomUUID()).toLowerCase().replace(/[^0-9a-f-]/g, '');
  return body
    .replace(/("system"\s*:\s*"[^"]*\/(?:taken|tasks|orders)"\s*,\s*"value"\s*:\s*"[^"]*)"/g, `$1.${suffix}"`)
    .replace(/(<system value="[^"]*\/(?:taken|tasks|orders)"\s*\/>\s*<value value="[^"]*)"/g, `$1.${suffix}"`);
}

export const resourceOf = <T extends Resource = Resource>({ text }: Answered): T => parseJson(text) as T;

export const rulesOf = (answer: Answered): (string | undefined)[] =>
  (resourceOf<OperationOutcome>(answer).issue ?? []).map((it) => it.details?.coding?.[1]?.code);

/** Codes of the warnings that came along with an acceptance. Not that there is a second referral: our person is always the same. */
export const warningsOf = (answer: Answered): (string | undefined)[] =>
  allWarningsOf(answer).filter((it) => it !== 'second-referral');

/** Codes of the warnings that came along with an acceptance, of a transaction or of a message. */
export const allWarningsOf = (answer: Answered): (string | undefined)[] =>
  (resourceOf<Bundle>(answer).entry ?? [])
    .flatMap(
      ({ response, resource }) =>
        (response?.outcome ?? (isType(resource, 'OperationOutcome') ? resource : [])) as OperationOutcome,
    )
    .flatMap(({ issue }) => issue)
    .filter(({ severity }) => severity === 'warning')
    .map((it) => it.details?.coding?.[1]?.code);

/** Where an accepted referral's resources are: `Task` -> `Task/<id>`. */
export const locationOf = (answer: Answered, type: string): string | undefined =>
  (resourceOf<Bundle>(answer).entry ?? [])
    .map(({ response, resource }) =>
      isType(resource, 'MessageHeader')
        ? resource.focus?.[0]?.reference?.replace(/^.*\/fhir\//, '')
        : response?.location?.replace(/\/_history.*/, ''),
    )
    .find((location) => location?.startsWith(`${type}/`));
