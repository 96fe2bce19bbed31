import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { playDemo } from '../../src/demo.ts';

/** Runs the whole story over HTTP, with a system for each partner. The story marks each of its failed checks. */
test.each([
  [
    'en',
    [
      'De Kade is selected',
      'for the GP: no order or Task is open',
      'nothing was processed twice',
      'a partner does not read them: they would reveal what others send',
    ],
  ],
  [
    'nl',
    [
      'De Kade is gekozen',
      'voor de huisarts: er staat niets meer open',
      'er is niets dubbel verwerkt',
      'een partner leest ze niet: ze zouden laten zien wat anderen sturen',
    ],
  ],
] as const)(
  'mgn demo --exit --language %s ends as the story says',
  async (language, statements) => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(stripVTControlCharacters(line));
    const code = await playDemo({ exit: true, port: 0, language, print });
    expect(lines.filter((line) => line.includes('✗'))).toEqual([]);
    for (const it of statements) expect(lines).toContain(`  ✓ ${it}`);
    expect(code).toBe(0);
  },
  60_000,
);
