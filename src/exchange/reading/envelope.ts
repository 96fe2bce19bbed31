import { createHash, hash } from 'node:crypto';
import type { Caller, LoginRequest } from '../../access/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { World } from '../../world.ts';

/** A request before admission. The body is read only after its sender is authenticated. */
export type Envelope = LoginRequest & {
  readonly requestId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly traceId?: string | undefined;
  /** W3C `traceparent`, as src/tracing reads it. */
  readonly traceparent?: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly ifNoneExist?: string | undefined;
  readonly contentType?: string | undefined;
  /** Requested interaction and target: `PATCH Task/<id>`. The same body for another target is a different request. */
  readonly target?: string | undefined;
  /** `Type/id` of the resource that it changes, as in its address. */
  readonly reference?: string | undefined;
  /** When the request arrived, on the clock of `performance.now()`: for its duration only. */
  readonly since?: number | undefined;
  /** Sent to $process-message, which accepts a message Bundle only. */
  readonly asMessage?: boolean | undefined;
  /** Name of the /intake/{name} it was sent to, which accepts other formats than FHIR. */
  readonly intake?: string | undefined;
  /** Content negotiation: a failure when the gateway supports no format that the sender accepts. */
  readonly answerable?: Result<unknown> | undefined;
  /** Network address of the sender, for the audit event only. */
  readonly address?: string | undefined;
  readonly readBody: () => Promise<Result<Uint8Array>>;
};

/**
 * Trace ids of a message (BaRS): its own, that of the message that caused it, and that of the journey; and the W3C
 * `traceparent` of the one request.
 */
export type Traces = {
  readonly requestId: string;
  readonly correlationId?: string;
  readonly traceId: string;
  readonly traceparent?: string;
};

/** Addresses of a Task and its order at the placer that stores them. */
export type Pulled = { readonly task: string; readonly order: string };

/** A message of an authenticated sender, with its body as sent. */
export type Received = Traces & {
  readonly partner: Caller;
  readonly contentType: string;
  readonly asMessage?: boolean;
  readonly intake?: string;
  /** Read from its placer, which stores the Task and the order itself. */
  readonly pulled?: Pulled;
  readonly body: Uint8Array;
  /** SHA-256 of target and body, hex. */
  readonly bodyDigest: string;
  readonly at: Date;
  /** As of its envelope. */
  readonly since?: number;
};

/** The only text of a trace header that is stored or repeated: any other value could be the number of a person. */
export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The trace headers, checked: X-Request-Id is required, X-Correlation-Id and X-Trace-Id are optional. Issues:
 * `request-id-missing`, `header-not-uuid`.
 */
export function traces(envelope: Envelope, world: World): Result<Traces> {
  const { requestId, correlationId, traceId, traceparent } = envelope;
  if (!requestId) return failure(issue('request-id-missing', {}));
  const headers = { 'X-Request-Id': requestId, 'X-Correlation-Id': correlationId, 'X-Trace-Id': traceId };
  const wrong = Object.entries(headers).flatMap(([header, value]) =>
    value && !uuid.test(value) ? [issue('header-not-uuid', { header })] : [],
  );
  if (wrong.length) return failure(...wrong);
  return success({
    requestId: requestId.toLowerCase(),
    ...(correlationId ? { correlationId: correlationId.toLowerCase() } : {}),
    traceId: traceId?.toLowerCase() ?? world.newId(),
    ...(traceparent ? { traceparent } : {}),
  });
}

/** Reads the body of an authenticated sender. Issues: `body-missing`, those of `readBody`. */
export async function receive(
  envelope: Envelope,
  partner: Caller,
  ids: Traces,
  world: World,
): Promise<Result<Received>> {
  const body = await envelope.readBody();
  if (!body.ok) return body;
  if (body.value.byteLength === 0) return failure(issue('body-missing', {}));
  return success({
    ...ids,
    partner,
    contentType: envelope.contentType ?? '',
    ...(envelope.asMessage ? { asMessage: true } : {}),
    ...(envelope.intake ? { intake: envelope.intake } : {}),
    body: body.value,
    bodyDigest: digestOf(envelope.target, body.value),
    at: world.now(),
    ...(envelope.since === undefined ? {} : { since: envelope.since }),
  });
}

function digestOf(target: string | undefined, body: Uint8Array): string {
  return target ? createHash('sha256').update(`${target}\n`).update(body).digest('hex') : hash('sha256', body, 'hex');
}
