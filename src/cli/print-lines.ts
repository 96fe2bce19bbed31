import { once } from 'node:events';

/** Prints lines as they come, no faster than they are read. Returns their number. */
export async function printLines(lines: AsyncIterable<string>): Promise<number> {
  let count = 0;
  for await (const line of lines) {
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
    count += 1;
  }
  return count;
}
