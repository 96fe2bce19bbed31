import type { Dispatch } from '../../store/port.ts';
import { currentTraceparent } from '../../tracing/index.ts';

/** What a dispatch takes from the request that causes it. */
export type Cause = Pick<Dispatch, 'messageId' | 'correlationId' | 'traceId' | 'traceparent'>;

/** The span in which it is stored; without an SDK what its sender sent. */
export function causedBy(received: { readonly traceparent?: string | undefined }): Pick<Dispatch, 'traceparent'> {
  const traceparent = currentTraceparent() ?? received.traceparent;
  return traceparent === undefined ? {} : { traceparent };
}
