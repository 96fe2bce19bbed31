/** The SDK of OpenTelemetry as an operator adds it with `--import`: its spans are lines of the file TEST_SPANS. */
import { appendFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** A span as this file has it. */
export type WrittenSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: number;
  readonly process: number;
  readonly thread: number;
};

const written = (span: ReadableSpan): WrittenSpan => ({
  name: span.name,
  ...span.spanContext(),
  ...(span.parentSpanContext ? { parentSpanId: span.parentSpanContext.spanId } : {}),
  kind: span.kind,
  status: span.status.code,
  attributes: span.attributes,
  events: span.events.length,
  process: process.pid,
  thread: threadId,
});

const file = process.env.TEST_SPANS;
if (file !== undefined) {
  const exporter = {
    export: (spans: ReadableSpan[], done: (result: { code: number }) => void) => {
      appendFileSync(file, spans.map((span) => `${JSON.stringify(written(span))}\n`).join(''));
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
}
