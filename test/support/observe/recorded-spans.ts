import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Records the spans of this process until `stop`, each as the JSON of all that an exporter sees of it. */
export function startRecordingSpans(): { readonly recorded: () => readonly string[]; readonly stop: () => void } {
  const spans: string[] = [];
  const exporter = {
    export: (all: ReadableSpan[], done: (result: { code: number }) => void) => {
      for (const { name, attributes, events, status, links } of all)
        spans.push(JSON.stringify({ name, attributes, events, status, links }));
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  return {
    recorded: () => spans,
    stop: () => {
      trace.disable();
      context.disable();
    },
  };
}
