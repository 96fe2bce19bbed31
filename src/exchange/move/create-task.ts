import { isType } from '../../fhir/resource.ts';
import { failure, type Result } from '../../fhir/result.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { considerQuestion } from '../information/request-information.ts';
import type { Answer } from '../pipeline/answer.ts';
import { change, newOf } from '../pipeline/change.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { refusalIssues, validated } from '../pipeline/validated.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { parseWrite } from '../reading/parse.ts';
import { considerAbort } from './request-abort.ts';

/**
 * FHIR create of a Task about another Task: `abort`, a request of its requester to stop, or `complete-questionnaire`, a
 * request of its owner for information. All other Tasks arrive with their order.
 */
export const createTask = (gateway: Gateway, envelope: Envelope): Promise<Answer> =>
  change(gateway, envelope, { interaction: 'create', target: newOf('Task') }, (received) =>
    considerTask(gateway, received),
  );

async function considerTask(gateway: Gateway, received: Received): Promise<Result<CommitPlan>> {
  const parsed = parseWrite(received, gateway.network.settings);
  if (!parsed.ok) return parsed;
  const sent = parsed.value.resource;
  const valid = await validated(gateway, sent);
  if (valid.verdict !== 'valid') return failure(...refusalIssues(valid.issues));
  const isQuestion = isType(sent, 'Task') && verbOf(sent) === 'complete-questionnaire';
  return isQuestion ? considerQuestion(gateway, received, sent) : considerAbort(gateway, received, sent);
}
