import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems hand out by themselves (RFC 6335: from 49152; Linux: from 32768), above what services use. */
const [first, last] = [20_000, 32_000];

/**
 * A port that is free, for a server that listens there later, or again after it was stopped. It is not one of those which
 * the system hands out: in between, a connection or a server of another test could take it.
 */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const port = randomInt(first, last);
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(freePort()) : reject(error),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });
