import { once } from 'node:events';

/**
 * Prints lines as they come, no faster than they are read. Returns their number, or undefined when the reader stopped
 * reading (`| head`).
 */
export async function printLines(lines: AsyncIterable<string>): Promise<number | undefined> {
  const { stdout } = process;
  let closed = false;
  const close = () => {
    closed = true;
  };
  stdout.on('error', close);
  let count = 0;
  try {
    for await (const line of lines) {
      if (!stdout.write(`${line}\n`) && !closed) await once(stdout, 'drain').catch(close);
      if (closed) return undefined;
      count += 1;
    }
  } finally {
    stdout.off('error', close);
  }
  return count;
}
