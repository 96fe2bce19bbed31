import { isType } from '../../fhir/resource.ts';
import { failure, type Result } from '../../fhir/result.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { considerQuestion } from '../information/request-information.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { refusalIssues, validated } from '../pipeline/validated.ts';
import type { Received } from '../reading/envelope.ts';
import { parseWrite } from '../reading/parse.ts';
import { considerAbort } from './request-abort.ts';

/**
 * A new Task about another Task: `abort`, a request of its requester to stop; `complete-questionnaire`, a request of its
 * owner for information; or `abort` of an order, a request of its owner to withdraw it. That of a new order is placed by
 * order-then-task.ts.
 */
export async function considerTask(gateway: Gateway, received: Received): Promise<Result<CommitPlan>> {
  const parsed = parseWrite(received, gateway.network.settings);
  if (!parsed.ok) return parsed;
  const sent = parsed.value.resource;
  const valid = await validated(gateway, sent);
  if (valid.verdict !== 'valid') return failure(...refusalIssues(valid.issues));
  const isQuestion = isType(sent, 'Task') && verbOf(sent) === 'complete-questionnaire';
  return isQuestion ? considerQuestion(gateway, received, sent) : considerAbort(gateway, received, sent);
}
