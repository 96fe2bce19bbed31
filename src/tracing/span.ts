import {
  type Attributes,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { spanContextOf, writtenTraceparent } from './traceparent.ts';

/** Without an SDK (`--import`) nothing is recorded, and a span costs an object. */
const tracer = () => trace.getTracer('mgn-gateway');

/** `traceparent` of the span in which this runs; undefined without an SDK. */
export function currentTraceparent(): string | undefined {
  const current = trace.getActiveSpan()?.spanContext();
  return current && isSpanContextValid(current) ? writtenTraceparent(current) : undefined;
}

export type SpanOptions = {
  readonly kind?: SpanKind;
  /** `traceparent` of its parent; the span in which it runs takes precedence. */
  readonly parent?: string | undefined;
  /** Ids, codes and counts: no content, no address, no name. */
  readonly attributes?: Attributes;
};

/** Runs in a span. Of a fault its name and code are recorded; its message may contain personal data. */
export async function inSpan<T>(
  name: string,
  { kind, parent, attributes }: SpanOptions,
  run: (span: Span) => Promise<T>,
): Promise<T> {
  const remote = trace.getActiveSpan() ? undefined : spanContextOf(parent);
  const around = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : context.active();
  const options = { ...(kind === undefined ? {} : { kind }), ...(attributes ? { attributes } : {}) };
  const span = tracer().startSpan(name, options, around);
  if (!isSpanContextValid(span.spanContext())) return run(span);
  try {
    return await context.with(trace.setSpan(around, span), run, undefined, span);
  } catch (fault) {
    failed(span, fault);
    throw fault;
  } finally {
    span.end();
  }
}

export function failed(span: Span, fault: unknown): void {
  const { code, name } = (fault ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown');
}

/** A step as far as its span shows it. */
type Stepped = {
  readonly step: string;
  readonly refused: boolean;
  readonly issues: readonly { readonly rule: string; readonly severity: string }[];
};

/** The same steps, each in a span of its own; without a span around them the very same generator. */
export const withSpans = <S extends Stepped, T>(steps: AsyncGenerator<S, T, void>): AsyncGenerator<S, T, void> =>
  trace.getActiveSpan()?.isRecording() ? spanned(steps) : steps;

async function* spanned<S extends Stepped, T>(steps: AsyncGenerator<S, T, void>): AsyncGenerator<S, T, void> {
  const around = context.active();
  for (;;) {
    // its name is known when it is done; one that is not ended is not exported
    const span = tracer().startSpan('step', {}, around);
    try {
      const next = await context.with(trace.setSpan(around, span), () => steps.next());
      if (next.done) return next.value;
      const { step, refused, issues } = next.value;
      span.updateName(step);
      const codes = [...new Set(issues.filter(({ severity }) => severity !== 'information').map(({ rule }) => rule))];
      span.setAttributes({ 'mgn.refused': refused, ...(codes.length ? { 'mgn.codes': codes } : {}) });
      span.end();
      yield next.value;
    } catch (fault) {
      failed(span, fault);
      span.end();
      throw fault;
    }
  }
}
