import type { Server, ServerResponse } from 'node:http';

/** How long a client may take to read an answer, and how much all of them together may leave unread. */
export type ReaderLimits = {
  /** Milliseconds for any answer. */
  readonly grace: number;
  /** Bytes a second that a client reads at least, beyond that. */
  readonly rate: number;
  /** Bytes of all answers that are not read yet: beyond it those that wait longest are ended. */
  readonly pending: number;
  /** Milliseconds between two looks. */
  readonly every: number;
};

export const readerLimits: ReaderLimits = { grace: 30_000, rate: 16_384, pending: 64 * 1024 * 1024, every: 2_000 };

type Unread = { since: number; most: number };

/**
 * Ends the connections of clients that do not read their answers, or too slowly: Node has a time limit for sending a request, and
 * none for reading its answer, which stays in memory until then. Returns how to stop.
 */
export function endSlowReaders(
  server: Pick<Server, 'on'>,
  limits: ReaderLimits = readerLimits,
  clock: () => number = () => performance.now(),
): () => void {
  const open = new Map<ServerResponse, Unread | undefined>();
  server.on('request', (_: unknown, response: ServerResponse) => {
    open.set(response, undefined);
    response.once('close', () => open.delete(response));
  });
  const look = () => {
    const now = clock();
    const unread: { readonly response: ServerResponse; readonly since: number; readonly size: number }[] = [];
    for (const [response, before] of open) {
      const size = response.writableLength;
      if (size === 0) {
        if (before) open.set(response, undefined);
        continue;
      }
      const { since, most } = before ?? { since: now, most: 0 };
      const largest = Math.max(most, size);
      open.set(response, { since, most: largest });
      if (now - since > limits.grace + (largest / limits.rate) * 1_000) response.destroy();
      else unread.push({ response, since, size });
    }
    let pending = unread.reduce((sum, { size }) => sum + size, 0);
    unread.sort((one, other) => one.since - other.since);
    for (const { response, size } of unread) {
      if (pending <= limits.pending) break;
      response.destroy();
      pending -= size;
    }
  };
  const timer = setInterval(look, limits.every).unref();
  return () => clearInterval(timer);
}
