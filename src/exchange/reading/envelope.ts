import { createHash } from 'node:crypto';
import type { Partner } from '../../directory/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { World } from '../../world.ts';

/** A request as it reaches the door. The body is not read before the sender is known. */
export type Envelope = {
  readonly authorization?: string | undefined;
  readonly requestId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** What is asked for besides the body: `PATCH Task/<id>`. The same body sent there is another request. */
  readonly target?: string | undefined;
  /** Asked as $process-message: only a message will do. */
  readonly asMessage?: boolean | undefined;
  /** Name of /intake/{name} that it was sent to, where other shapes than FHIR come in. */
  readonly intake?: string | undefined;
  /** Whether the answer can be given in a form that the sender takes. */
  readonly answerable?: Result<unknown> | undefined;
  /** Network address of the sender, for the audit event only. */
  readonly address?: string | undefined;
  readonly readBody: () => Promise<Result<Uint8Array>>;
};

/** The ids that a message is known by (BaRS): its own, the one that caused it, the journey's. */
export type Traces = { readonly requestId: string; readonly correlationId?: string; readonly traceId: string };

/** The addresses of a Task and its order at the placer that keeps them. */
export type Pulled = { readonly task: string; readonly order: string };

/** A message of a known sender, with its body as sent. */
export type Received = Traces & {
  readonly partner: Partner;
  readonly contentType: string;
  readonly asMessage?: boolean;
  readonly intake?: string;
  /** Read at its placer, which keeps the Task and the order itself. */
  readonly pulled?: Pulled;
  readonly body: Uint8Array;
  /** SHA-256 of the body and what was asked with it, hex. */
  readonly bodyDigest: string;
  readonly at: Date;
};

/** Nothing else is kept or repeated of a trace header: what is no UUID may be anything, a number of a person too. */
export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The trace headers, checked: X-Request-Id is asked of every message, the others when they are there. */
export function traces(envelope: Envelope, world: World): Result<Traces> {
  const { requestId, correlationId, traceId } = envelope;
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
  });
}

export async function receive(
  envelope: Envelope,
  partner: Partner,
  ids: Traces,
  world: World,
): Promise<Result<Received>> {
  const encoding = envelope.contentEncoding?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') return failure(issue('content-encoding-unsupported', {}));
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
  });
}

function digestOf(target: string | undefined, body: Uint8Array): string {
  const hash = createHash('sha256');
  if (target) hash.update(`${target}\n`);
  return hash.update(body).digest('hex');
}
