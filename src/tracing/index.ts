export { SpanKind } from '@opentelemetry/api';
export { currentTraceparent, failed, inSpan, withSpans } from './span.ts';
export { outgoingTraceparent, readTraceparent } from './traceparent.ts';
