import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { playDemo } from '../../src/demo.ts';

/** The story is played whole, over HTTP, with a system for each partner; it says by itself what did not go as told. */
test.each([
  ['en', ['De Kade is chosen', 'for the GP: nothing is open any more', 'nothing was done twice']],
  ['nl', ['De Kade is gekozen', 'voor de huisarts: er staat niets meer open', 'er is niets dubbel gedaan']],
] as const)(
  'mgn demo --exit --language %s ends as the story says',
  async (language, told) => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(stripVTControlCharacters(line));
    const code = await playDemo({ exit: true, port: 0, language, print });
    expect(lines.filter((line) => line.includes('✗'))).toEqual([]);
    for (const it of told) expect(lines).toContain(`  ✓ ${it}`);
    expect(code).toBe(0);
  },
  60_000,
);
