import { issue } from '../../fhir/issue.ts';
import type { Result } from '../../fhir/result.ts';
import { withJourneyTrace } from '../memory/trace.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { type Answer, refused } from './answer.ts';
import { type CommitPlan, type Raced, tryCommit } from './commit.ts';
import type { Gateway } from './gateway.ts';

const maximumAttempts = 5;

/** Retries when another request changed the same order in between. Issue after five attempts: `concurrent-update`. */
export async function retryAfterRace(attempt: () => Promise<Answer | Raced>): Promise<Answer> {
  for (let n = 0; n < maximumAttempts; n++) {
    const answer = await attempt();
    if (answer.kind !== 'raced') return answer;
  }
  return refused([issue('concurrent-update', {})]);
}

export const commitOrRetry = (
  gateway: Gateway,
  envelope: Pick<Envelope, 'traceId'>,
  received: Received,
  consider: () => Promise<Result<CommitPlan>>,
): Promise<Answer> =>
  retryAfterRace(async () => {
    const plan = await consider();
    if (!plan.ok) return refused(plan.issues);
    const traced = await withJourneyTrace(gateway.store, envelope, received, plan.value.journey);
    return tryCommit(gateway, traced, plan.value);
  });
