import { expect, test } from 'vitest';
import { isLong, isWhole } from '../support/long.ts';
import { anyReferral, leaksIn, openPair } from '../support/non-interference/pair.ts';
import { questions } from '../support/non-interference/questions.ts';

/**
 * `$project` answers its sender about its own material alone: with another secret of another party, or with Consents that it does
 * not know, the answer is the same, for every order, Task, recipient and phase.
 */
test.each([
  ['the sender of a referral', 'gp-de-linde'],
  ['the owner of a Task, which sends orders of its own', 'registration-team'],
] as const)(
  '%s',
  async (_, as) => {
    const pair = await openPair({ as });
    try {
      expect(pair.secrets.length).toBeGreaterThan(20);
      const guess = { references: pair.references, secrets: pair.secrets, referral: anyReferral };
      const all = [...questions(guess)].filter(({ path }) => path.includes('$project'));
      const asked = isLong || isWhole ? all : all.filter((_, index) => index % 5 === 0);
      expect(asked.length).toBeGreaterThan(10);
      expect(await leaksIn(pair, as, asked)).toEqual([]);
    } finally {
      await pair.close();
    }
  },
  600_000,
);
