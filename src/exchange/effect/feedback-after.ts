import type { Bundle } from '@medplum/fhirtypes';
import { failure, success } from '../../fhir/result.ts';
import { feedbackChanges, feedbackOf } from '../feedback/feedback.ts';
import { validateOutgoing } from '../pipeline/judge.ts';
import { refusingIssues } from '../pipeline/validated.ts';
import type { Consequence } from './consequence.ts';

/** No resource of feedback was validated before. */
const emptyBundle: Bundle = { resourceType: 'Bundle', type: 'collection' };

/** Feedback (terugkoppeling) to the referrers of the journey. Fails with the findings when it is not valid. */
export const feedbackAfter: Consequence = async (gateway, { graph, effects, mover, at }) => {
  const each = await Promise.all(
    effects.map((effect) => feedbackOf(gateway, gateway.store, { graph, effect, mover, at })),
  );
  const all = each.flat();
  for (const { disclosure } of all) {
    const valid = await validateOutgoing(gateway, disclosure, emptyBundle);
    if (!valid.ok) return failure(...refusingIssues(valid.issues));
  }
  return success({
    changes: all.flatMap((it) => feedbackChanges(it, mover)),
    feedback: all.map(({ disclosure }) => disclosure),
  });
};
