import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

/** Version, trace id, id of the parent, flags; a later version may be longer. */
const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/**
 * The header `traceparent` as we read and send it (https://www.w3.org/TR/trace-context/#traceparent-header): version 00, and
 * of its flags only whether the trace is sampled. Undefined for anything else. A `tracestate` or `baggage` is neither read
 * nor sent: either is free text of a sender, which would reach a receiver beside the projection.
 */
export function readTraceparent(header: string | undefined): string | undefined {
  const [, traceId, spanId, flags] = (header === undefined ? undefined : form.exec(header)) ?? [];
  return traceId && spanId ? `00-${traceId}-${spanId}-${sampled(Number.parseInt(flags ?? '', 16))}` : undefined;
}

export const writtenTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${sampled(traceFlags)}`;

/** The span that a header names, in another process or thread. */
export function spanContextOf(header: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = readTraceparent(header)?.split('-') ?? [];
  if (!traceId || !spanId) return undefined;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags ?? '', 16), isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

const sampled = (flags: number): string => (flags & TraceFlags.SAMPLED ? '01' : '00');

type Traced = {
  readonly traceId: string;
  readonly requestId: string;
  readonly about?: readonly string[] | undefined;
  readonly traceparent?: string | undefined;
};

/**
 * `traceparent` of a delivery: that of the attempt, else of the request that caused it. Without either, and for one that
 * has a trace of its own (the X-Trace-Id of a candidate is the id of its Task, so that candidates cannot find each other),
 * the trace is the X-Trace-Id without its hyphens. Undefined when that is no UUID.
 */
export function outgoingTraceparent(dispatch: Traced, attempt: string | undefined): string | undefined {
  const { traceId, requestId, about, traceparent } = dispatch;
  const isOwn = about?.includes(`Task/${traceId}`) === true;
  const known = isOwn ? undefined : (attempt ?? traceparent);
  if (known !== undefined) return known;
  return readTraceparent(`00-${plain(traceId)}-${plain(requestId).slice(-16)}-00`);
}

const plain = (uuid: string): string => uuid.replaceAll('-', '').toLowerCase();
