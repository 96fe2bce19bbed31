import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { BodyShare } from '../exchange/reading/body-budget.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** Name under which app.ts puts the request's BodyShare into its context. */
export const bodyShare = 'body share';

const encodings = ['', 'identity', 'gzip', 'x-gzip'];

/**
 * Reads a body of at most `limit` bytes, also a gzipped one: limit and budget count what it unpacks to. Stops reading as soon as it is larger, does not fit the budget of all bodies, or
 * takes too long.
 */
export async function readBody(context: Context, limit: number): Promise<Result<Uint8Array>> {
  const request = context.req.raw;
  const share: BodyShare = context.get(bodyShare);
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  if (!encodings.includes(encoding)) return failure(issue('content-encoding-unsupported', {}));
  const isGzip = encoding.endsWith('gzip');
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > limit) return failure(issue('body-too-large', { limit }));
  // At least one byte: a sender that does not declare the size of its body is refused too when the budget is used up.
  if (!share.fits(Math.max(declared, 1))) return failure(issue('bodies-too-many', {}));
  // Not before this line: once its stream is taken, a body that nobody reads costs the sender its connection.
  const incoming = isGzip ? undefined : openIncoming(context);
  if (incoming) return readIncoming(incoming, { limit, share });
  const stream = isGzip ? request.body?.pipeThrough(unzip()) : request.body;
  const reader = stream?.getReader();
  if (!reader) return success(new Uint8Array());
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), share.seconds * 1000);
  try {
    const read = await readAll(reader, { limit, share, late });
    if (!read.ok) void reader.cancel().catch(() => {});
    return read;
  } catch (error) {
    if (isGzip && isOfGzip(error)) return failure(issue('gzip-malformed', {}));
    // The sender closed the connection; the audit event of the refusal is still written.
    return failure(issue('body-incomplete', {}));
  } finally {
    clearTimeout(timer);
  }
}

/** The request of Node's server, if it may have a body of which nothing was read or lost yet. */
function openIncoming({ env, req }: Context): IncomingMessage | undefined {
  const { incoming } = (env ?? {}) as { readonly incoming?: IncomingMessage };
  if (!incoming || req.method === 'GET' || req.method === 'HEAD') return undefined;
  return incoming.destroyed || incoming.readableDidRead ? undefined : incoming;
}

/**
 * Reads a plain body from Node's request: a web stream over it costs 0.25 ms more a message. What is not read stays in the
 * request, and is drained after the answer.
 */
const readIncoming = (
  incoming: IncomingMessage,
  { limit, share }: { readonly limit: number; readonly share: BodyShare },
): Promise<Result<Uint8Array>> =>
  new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const timer = setTimeout(
      () => end(failure(issue('body-too-slow', { seconds: share.seconds }))),
      share.seconds * 1000,
    );
    const take = (chunk: Uint8Array): void => {
      size += chunk.byteLength;
      if (size > limit) end(failure(issue('body-too-large', { limit })));
      else if (share.take(chunk.byteLength)) chunks.push(chunk);
      else end(failure(issue('bodies-too-many', {})));
    };
    const complete = () => end(success(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    // The sender closed the connection; the audit event of the refusal is still written.
    const cut = () => end(failure(issue('body-incomplete', {})));
    incoming.on('data', take).once('end', complete).once('error', cut).once('close', cut);

    function end(read: Result<Uint8Array>): void {
      clearTimeout(timer);
      incoming.off('data', take).off('end', complete).off('error', cut).off('close', cut);
      if (!read.ok) incoming.pause();
      resolve(read);
    }
  });

/** It unpacks no more than is read of it: a small body that unpacks to gigabytes is given up at the limit. */
const unzip = () => new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>;

const isOfGzip = (error: unknown): boolean => {
  const { code, cause } = error as { readonly code?: string; readonly cause?: { readonly code?: string } };
  return [code, cause?.code].some((it) => it?.startsWith('Z_') || it === 'ERR_TRAILING_JUNK_AFTER_STREAM_END');
};

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { limit, share, late }: { readonly limit: number; readonly share: BodyShare; readonly late: Promise<'late'> },
): Promise<Result<Uint8Array>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await Promise.race([reader.read(), late]);
    if (next === 'late') return failure(issue('body-too-slow', { seconds: share.seconds }));
    if (next.done) return success(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    size += next.value.byteLength;
    if (size > limit) return failure(issue('body-too-large', { limit }));
    if (!share.take(next.value.byteLength)) return failure(issue('bodies-too-many', {}));
    chunks.push(next.value);
  }
}
