import type pg from 'pg';

/** Milliseconds between two notifications at least. */
const pause = 50;
/** Milliseconds before the connection is opened again, doubled at each failure up to the second. */
const [firstWait, longestWait] = [100, 10_000];

export type Bell = {
  /** Announces to the other gateways of this store that something waits, soon: several calls become one notification. */
  notify(): void;
  /** Calls `listener` at each notification of another gateway. Returns how to stop. */
  onNotify(listener: () => void): () => void;
  close(): Promise<void>;
};

/**
 * Wakes gateways by NOTIFY (https://www.postgresql.org/docs/18/sql-notify.html). It only saves them time until they look by
 * themselves: a notification may be lost. Never within a transaction that writes: a commit with NOTIFY takes a lock of
 * the whole database, which cost three quarters of the throughput.
 */
export function bellOn(
  open: () => Promise<pg.Client>,
  send: (sql: string, values: string[]) => Promise<unknown>,
  self: string,
): Bell {
  const listeners = new Set<() => void>();
  let connection: pg.Client | undefined;
  let opening: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  let lastSent = 0;
  let isClosed = false;
  let wasLost = false;
  let wait = firstWait;

  const ring = () => {
    for (const listener of listeners) listener();
  };
  const listen = async (): Promise<void> => {
    try {
      const client = await open();
      client.on('notification', ({ payload }) => {
        if (payload !== self) ring();
      });
      client.on('end', () => {
        if (connection !== client) return;
        connection = undefined;
        retry();
      });
      const channel = (await client.query(`select ${channelOfStore} as name`)).rows[0].name as string;
      await client.query(`listen ${channel}`);
      if (isClosed) return void (await client.end());
      connection = client;
      wait = firstWait;
      if (wasLost) ring(); // what was announced meanwhile
      wasLost = false;
    } catch {
      retry();
    } finally {
      opening = undefined;
    }
  };
  const retry = () => {
    if (isClosed || listeners.size === 0) return;
    wasLost = true;
    again = setTimeout(start, wait).unref();
    wait = Math.min(wait * 2, longestWait);
  };
  const start = () => {
    if (!connection) opening ??= listen();
  };
  const sendNow = () => {
    timer = undefined;
    lastSent = performance.now();
    send(`select pg_notify(${channelOfStore}, ?1)`, [self]).catch(() => {});
  };

  return {
    notify: () => {
      if (isClosed || timer) return;
      timer = setTimeout(sendNow, Math.max(0, lastSent + pause - performance.now())).unref();
    },
    onNotify: (listener) => {
      listeners.add(listener);
      start();
      return () => listeners.delete(listener);
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(again);
      await opening;
      const client = connection;
      connection = undefined;
      await client?.end().catch(() => {});
    },
  };
}

/** SQL: several stores may share a database, each in a schema of its own. */
const channelOfStore = "'mgn_' || md5(current_schema())";

export const silentBell: Bell = { notify: () => {}, onNotify: () => () => {}, close: async () => {} };
