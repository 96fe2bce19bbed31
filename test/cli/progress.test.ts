import { expect, test } from 'vitest';
import { progressOn } from '../../src/cli/progress.ts';

const run = (isTTY: boolean, language: 'en' | 'nl'): string => {
  let [printed, now] = ['', 0];
  const out = { isTTY, write: (text: string) => (printed += text) } as unknown as NodeJS.WriteStream;
  const { report, clear } = progressOn(out, language, () => now);
  for (let done = 0; done <= 1_000; done += 100) {
    report('move', done, 1_000);
    now += 100;
  }
  clear();
  return printed;
};

test('a terminal shows how far a command is, its rate and the time left, and nothing of it at the end', () => {
  expect(run(true, 'en')).toContain('moving, 40 %, 1000/s, 1 s left');
  expect(run(true, 'nl')).toContain('omzetten, 40 %, 1000/s, 1 s te gaan');
  expect(run(true, 'en').endsWith('\r\x1b[K')).toBe(true);
});

test('a pipe gets nothing of it', () => {
  expect(run(false, 'en')).toBe('');
});
