import { isType } from '../fhir/resource.ts';
import { failure, type Result } from '../fhir/result.ts';
import type { Answer } from './answer.ts';
import { considerQuestion } from './ask-for-information.ts';
import { considerAbort } from './ask-to-stop.ts';
import { enter } from './enter.ts';
import type { Envelope, Received } from './envelope.ts';
import type { Gateway } from './gateway.ts';
import type { Keeping } from './keep.ts';
import { parse } from './parse.ts';
import { keepOrAgain } from './until-settled.ts';
import { validated, whyRefused } from './validated.ts';

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
