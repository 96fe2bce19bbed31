import { createServer } from 'node:net';

/** The wished port when it is free, else any free one. */
export const freePort = (wished: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' && wished !== 0 ? resolve(freePort(0)) : reject(error),
    );
    probe.listen(wished, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : wished));
    });
  });
