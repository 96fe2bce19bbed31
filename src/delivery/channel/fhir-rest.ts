import type { OperationOutcome } from '@medplum/fhirtypes';
import { Pool } from 'undici';
import type { Dispatch } from '../../store/port.ts';
import { readRetryAfter } from '../backoff.ts';
import type { Address, DeliverySettings } from '../settings.ts';
import type { AttemptResult, RequestRecipient } from './channel.ts';
import { classifyAnswer, classifyError } from './classify.ts';
import { exchange, type HttpAnswer, type HttpRequest } from './http-exchange.ts';

/** The FHIR REST channel: transactions POSTed to the base of a partner (https://hl7.org/fhir/R4/http.html#transaction). */
export type FhirRest = {
  /** Never rejects: every failure is a result of the attempt. `cut` interrupts it. */
  send(dispatch: Dispatch, address: Address, now: () => Date, cut: AbortSignal): Promise<AttemptResult>;
  /** Reads and updates single resources of the recipient, as part of one attempt. */
  requesting(dispatch: Dispatch, address: Address, now: () => Date, cut: AbortSignal): RequestRecipient;
  close(): Promise<void>;
};

export function openFhirRest(settings: DeliverySettings): FhirRest {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known) return known;
    // As many as the largest number of lanes: an attempt that waits for a connection runs out of time.
    const pool = new Pool(origin, {
      connections: 64,
      connect: { timeout: settings.timeout },
      headersTimeout: settings.timeout,
      bodyTimeout: settings.timeout,
    });
    pools.set(origin, pool);
    return pool;
  };

  type Request = HttpRequest & { readonly limit: number };

  /** Redirects are not followed: requests go to the registered address only. */
  function request({ base }: Address, { limit, ...it }: Request, cut: AbortSignal): Promise<HttpAnswer> {
    const { origin, pathname, search } = new URL(base);
    const path = (pathname.replace(/\/+$/, '') + it.path || '/') + search;
    return exchange(poolOf(origin), { ...it, path }, { timeout: settings.timeout, limit, cut });
  }

  const verdictOf = ({ status, headers }: HttpAnswer, answer: unknown, now: Date): AttemptResult => {
    const retryAfter = readRetryAfter(one(headers['retry-after']), now);
    return {
      ...classifyAnswer(status, outcomeOf(answer)),
      status,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  };

  return {
    send: async (dispatch, address, now, cut) => {
      try {
        const answered = await request(
          address,
          {
            method: 'POST',
            path: '',
            headers: { ...headersOf(dispatch, address), 'content-type': dispatch.contentType },
            body: dispatch.body,
            limit: settings.maximumAnswer,
          },
          cut,
        );
        const answer = parsed(answered.text);
        const verdict = verdictOf(answered, answer, now());
        const location =
          verdict.kind === 'delivered' ? (one(answered.headers.location) ?? locationIn(answer)) : undefined;
        return { ...verdict, ...(location === undefined ? {} : { location }) };
      } catch (error) {
        return classifyError(error);
      }
    },
    requesting:
      (dispatch, address, now, cut) =>
      async (method, path, { limit, body, ifMatch }) => {
        const headers = {
          ...headersOf(dispatch, address),
          ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        };
        try {
          const answered = await request(
            address,
            { method, path: `/${path}`, headers, limit, ...(body === undefined ? {} : { body }) },
            cut,
          );
          const { status, text } = answered;
          if (status < 200 || status >= 300)
            return { kind: 'ended', sent: ofResource(verdictOf(answered, parsed(text), now())) };
          const etag = one(answered.headers.etag);
          return { kind: 'answer', text, ...(etag === undefined ? {} : { etag }) };
        } catch (error) {
          return { kind: 'ended', sent: classifyError(error) };
        }
      },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

const headersOf = (dispatch: Dispatch, { token }: Address): Record<string, string> => ({
  accept: 'application/fhir+json',
  'x-request-id': dispatch.requestId,
  'x-trace-id': dispatch.traceId,
  ...(dispatch.correlationId === undefined ? {} : { 'x-correlation-id': dispatch.correlationId }),
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

/** A single resource that is not found is gone; at the base, the address itself may be wrong for a while. */
const ofResource = (sent: AttemptResult): AttemptResult =>
  sent.kind === 'retry' && sent.reason.rule === 'receiver-not-found'
    ? { ...sent, kind: 'refused', reason: { ...sent.reason, rule: 'receiver-refused' } }
    : sent;

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function outcomeOf(answer: unknown): OperationOutcome | undefined {
  const resource = answer as Partial<OperationOutcome> | undefined;
  return resource?.resourceType === 'OperationOutcome' && Array.isArray(resource.issue)
    ? (resource as OperationOutcome)
    : undefined;
}

/**
 * The location of the Task at the receiver, else the first location. Only a FHIR address is stored: people may see it.
 */
function locationIn(answer: unknown): string | undefined {
  const entries = (answer as { entry?: unknown } | undefined)?.entry;
  if (!Array.isArray(entries)) return undefined;
  const locations = entries
    .map((it) => (it as { response?: { location?: unknown } } | null)?.response?.location)
    .filter((it): it is string => typeof it === 'string' && /^\S{1,500}$/.test(it) && /\b[A-Z][A-Za-z]+\/\S/.test(it));
  return locations.find((it) => /\bTask\//.test(it)) ?? locations[0];
}
