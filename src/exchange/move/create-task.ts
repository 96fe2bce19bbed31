import { isType } from '../../fhir/resource.ts';
import { failure, type Result } from '../../fhir/result.ts';
import { considerQuestion } from '../information/request-information.ts';
import { enter } from '../pipeline/admit.ts';
import type { Answer } from '../pipeline/answer.ts';
import type { Keeping } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { keepOrAgain } from '../pipeline/retry-after-race.ts';
import { validated, whyRefused } from '../pipeline/validated.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { parse } from '../reading/parse.ts';
import { considerAbort } from './request-abort.ts';

/**
 * The Tasks that are created by themselves, each about another Task: `abort`, by which its requester asks to stop, and
 * `complete-questionnaire`, by which its owner asks for more. All others come with their order.
 */
export async function createTask(gateway: Gateway, envelope: Envelope): Promise<Answer> {
  const entered = await enter(gateway, { ...envelope, target: 'create Task' }, 'create', 'C');
  if (entered.kind === 'answered') return entered.answer;
  const { received, refuse } = entered;
  const kept = await keepOrAgain(gateway, received, () => considerTask(gateway, received));
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

async function considerTask(gateway: Gateway, received: Received): Promise<Result<Keeping>> {
  const { contentType, body } = received;
  const parsed = parse(contentType, body, gateway.network.settings.limits);
  if (!parsed.ok) return parsed;
  const sent = parsed.value.resource;
  const valid = await validated(gateway, sent);
  if (valid.verdict !== 'valid') return failure(...whyRefused(valid.issues));
  const asks = isType(sent, 'Task') && sent.code?.coding?.some(({ code }) => code === 'complete-questionnaire');
  return asks ? considerQuestion(gateway, received, sent) : considerAbort(gateway, received, sent);
}
