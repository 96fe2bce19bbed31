import type { Sql } from './sql.ts';

/**
 * Reads outside a transaction, of which those that are asked with the same values before the caller's turn ends are one statement:
 * the patients of a BSN are looked for by what their sender and their owner may read, and the first question of both is the
 * same. Nothing can have been committed between two such reads: the answer of a commit arrives in a later turn.
 */
export function askedAtOnce(all: Sql['all']): Sql['all'] {
  const asked = new Map<string, ReturnType<Sql['all']>>();
  return (text, ...values) => {
    const question = JSON.stringify([text, values]);
    const known = asked.get(question);
    if (known) return known;
    if (asked.size === 0) queueMicrotask(() => asked.clear());
    const answer = all(text, ...values);
    asked.set(question, answer);
    return answer;
  };
}
