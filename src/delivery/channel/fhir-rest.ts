import { type AddressRules, type HttpAnswer, openClient } from '../../outbound/client.ts';
import type { Dispatch } from '../../store/port.ts';
import { currentTraceparent, outgoingTraceparent } from '../../tracing/index.ts';
import { readRetryAfter } from '../backoff.ts';
import type { Address, DeliverySettings } from '../settings.ts';
import type { AttemptResult, Channel, RequestRecipient } from './channel.ts';
import { classifyAnswer, classifyError } from './classify.ts';

/** The FHIR REST channel: transactions POSTed to the base of a partner (https://hl7.org/fhir/R4/http.html#transaction). */
export type FhirRest = Channel & {
  /** Reads and updates single resources of the recipient, as part of one attempt. */
  requesting(dispatch: Dispatch, address: Address, now: () => Date, cut: AbortSignal): RequestRecipient;
};

/** `rules`: addresses that are permitted at this moment. */
export function openFhirRest(settings: DeliverySettings, rules: () => AddressRules | undefined): FhirRest {
  // As many connections as the largest number of lanes: an attempt that waits for one runs out of time.
  const client = openClient({ rules, timeout: Math.max(settings.timeout, longestTimeout), connections: 64 });

  type Request = {
    readonly method: 'GET' | 'POST' | 'PUT';
    /** Below the registered address. */
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly limit: number;
  };

  /** Redirects are not followed: requests go to the registered address only. */
  function request(
    { base, timeout = settings.timeout }: Address,
    { limit, path, ...it }: Request,
    cut: AbortSignal,
  ): Promise<HttpAnswer> {
    const { origin, pathname, search } = new URL(base);
    const url = origin + (pathname.replace(/\/+$/, '') + path || '/') + search;
    return client.request(url, it, { timeout, limit, cut });
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
      let answered: HttpAnswer;
      try {
        answered = await request(
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
      } catch (error) {
        return classifyError(error);
      }
      // what it says is no matter of the connection
      const answer = parsed(answered.text);
      const verdict = verdictOf(answered, answer, now());
      const location =
        verdict.kind === 'delivered' ? (fhirAddress(one(answered.headers.location)) ?? locationIn(answer)) : undefined;
      return { ...verdict, ...(location === undefined ? {} : { location }) };
    },
    requesting:
      (dispatch, address, now, cut) =>
      async (method, path, { limit, body, ifMatch }) => {
        const headers = {
          ...headersOf(dispatch, address),
          ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        };
        let answered: HttpAnswer;
        try {
          answered = await request(
            address,
            { method, path: `/${path}`, headers, limit, ...(body === undefined ? {} : { body }) },
            cut,
          );
        } catch (error) {
          return { kind: 'ended', sent: classifyError(error) };
        }
        const { status, text } = answered;
        if (status < 200 || status >= 300)
          return { kind: 'ended', sent: ofResource(verdictOf(answered, parsed(text), now())) };
        const etag = one(answered.headers.etag);
        return { kind: 'answer', text, ...(etag === undefined ? {} : { etag }) };
      },
    close: client.close,
  };
}

/** Of a partner, in milliseconds: each request has a timeout of its own within it. */
export const longestTimeout = 300_000;

const headersOf = (dispatch: Dispatch, { token }: Address): Record<string, string> => {
  const traceparent = outgoingTraceparent(dispatch, currentTraceparent());
  return {
    accept: 'application/fhir+json',
    'x-request-id': dispatch.requestId,
    'x-trace-id': dispatch.traceId,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(dispatch.correlationId === undefined ? {} : { 'x-correlation-id': dispatch.correlationId }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
};

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

const outcomeOf = (answer: unknown): unknown =>
  (answer as { readonly resourceType?: unknown } | undefined)?.resourceType === 'OperationOutcome' ? answer : undefined;

/** The location of the Task at the receiver, else the first location. */
function locationIn(answer: unknown): string | undefined {
  const entries = (answer as { entry?: unknown } | undefined)?.entry;
  if (!Array.isArray(entries)) return undefined;
  const locations = entries.flatMap(
    (it) => fhirAddress((it as { response?: { location?: unknown } } | null)?.response?.location) ?? [],
  );
  return locations.find((it) => /\bTask\//.test(it)) ?? locations[0];
}

/** Only the address of a resource is stored: people may see it, so that any other text of a receiver could be meant for them. */
const fhirAddress = (location: unknown): string | undefined =>
  typeof location === 'string' && location.length <= 500 && addressOfResource.test(location) ? location : undefined;

const addressOfResource =
  /^(?:https?:\/\/[\w.:[\]-]+(?:\/[\w.~-]+)*\/|\/(?:[\w.~-]+\/)*)?[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;
