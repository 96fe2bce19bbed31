import type { Delivery } from '../store/port.ts';
import { inSpan, SpanKind } from '../tracing/index.ts';
import type { AttemptResult } from './channel/channel.ts';

/**
 * The attempt in a span below the request that caused the delivery. Names as in
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/; neither address nor content.
 */
export const traced = (delivery: Delivery, attempt: () => Promise<AttemptResult>): Promise<AttemptResult> =>
  inSpan(
    `deliver ${delivery.kind}`,
    { kind: SpanKind.CLIENT, parent: delivery.traceparent, attributes: attributesOf(delivery) },
    async (span) => {
      const sent = await attempt();
      span.setAttribute('mgn.outcome', sent.kind);
      if (sent.status !== undefined) span.setAttribute('http.response.status_code', sent.status);
      if (sent.kind !== 'delivered') span.setAttribute('error.type', sent.reason.rule);
      return sent;
    },
  );

const attributesOf = ({ id, recipient, channel, traceId, attempts }: Delivery) => ({
  'mgn.dispatch': id,
  'mgn.recipient': recipient,
  'mgn.channel': channel,
  'mgn.trace_id': traceId,
  'http.request.resend_count': attempts,
});
