import { issue } from '../../fhir/issue.ts';
import type { Result } from '../../fhir/result.ts';
import type { Received } from '../reading/envelope.ts';
import { type Answer, refused } from './answer.ts';
import { type Keeping, type Raced, tryKeep } from './commit.ts';
import type { Gateway } from './gateway.ts';

const attempts = 5;

/**
 * Looks again and tries again when somebody else changed something of the same order in between: no move is lost, and
 * none rests on what is no more so. Who moves from a version that is gone finds out when it is looked at again.
 */
export async function untilSettled(attempt: () => Promise<Answer | Raced>): Promise<Answer> {
  for (let n = 0; n < attempts; n++) {
    const answer = await attempt();
    if (answer.kind !== 'raced') return answer;
  }
  return refused([issue('raced', {})]);
}

export const keepOrAgain = (
  gateway: Gateway,
  received: Received,
  consider: () => Promise<Result<Keeping>>,
): Promise<Answer> =>
  untilSettled(async () => {
    const considered = await consider();
    return considered.ok ? tryKeep(gateway, received, considered.value) : refused(considered.issues);
  });
