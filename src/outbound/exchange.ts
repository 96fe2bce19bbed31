import type { Dispatcher, Pool } from 'undici';

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty when it exceeds the limit or is cut off: the status is sufficient then. */
  readonly text: string;
  /** False when it exceeds the limit or is cut off. */
  readonly isComplete: boolean;
};

export type Limits = {
  /** From connecting to the last byte (ms). */
  readonly timeout: number;
  /** Of the body of the answer, in bytes. */
  readonly limit: number;
  /** Interrupts it. */
  readonly cut: AbortSignal;
  /** Of the body; `latin1` for bytes that are no text. Default: UTF-8. */
  readonly encoding?: 'latin1';
};

/**
 * One request with its whole answer. Rejects when there was none: with an AbortError after the timeout, or when it was cut.
 * By undici's events: a stream and an AbortSignal for each answer cost more than the rest of the exchange.
 */
export const exchange = (
  pool: Pool,
  request: HttpRequest,
  { timeout, limit, cut, encoding }: Limits,
): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let answer: Omit<HttpAnswer, 'text' | 'isComplete'> | undefined;
    let parts: Buffer[] = [];
    let size = 0;
    let interrupted: Error | undefined;

    const end = (why?: Error) => {
      clearTimeout(timer);
      cut.removeEventListener('abort', interrupt);
      if (answer)
        resolve({ ...answer, text: why ? '' : Buffer.concat(parts).toString(encoding), isComplete: why === undefined });
      else reject(why);
      parts = [];
    };
    const interrupt = () => {
      interrupted ??= new DOMException('The attempt was interrupted.', 'AbortError');
      controller?.abort(interrupted);
      end(interrupted);
    };
    const timer = setTimeout(interrupt, timeout);
    cut.addEventListener('abort', interrupt);
    if (cut.aborted) {
      interrupt();
      return;
    }
    pool.dispatch(request, {
      onRequestStart: (given) => {
        controller = given;
        if (interrupted) given.abort(interrupted);
      },
      onResponseStart: (_, status, headers) => {
        if (status >= 200) answer = { status, headers };
      },
      onResponseData: (_, part) => {
        size += part.length;
        if (size > limit) interrupt();
        else parts.push(part);
      },
      onResponseEnd: () => end(),
      onResponseError: (_, why) => end(why),
    });
  });
