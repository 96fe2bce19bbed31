export { SpanKind } from '@opentelemetry/api';
export { currentTraceparent, inSpan, withSpans } from './span.ts';
export { outgoingTraceparent, readTraceparent } from './traceparent.ts';
