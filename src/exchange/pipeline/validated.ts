import { type Issue, isError } from '../../fhir/issue.ts';
import { answerQuestions, askOnce, type Report, type ValidateOptions } from '../../validation/index.ts';
import type { DecisionContext } from './gateway.ts';

export type ValidationContext = Pick<DecisionContext, 'validator' | 'terminology'>;

/** The report of a resource after its open questions were asked of the network's terminology server. */
export const validated = async (
  { validator, terminology }: ValidationContext,
  resource: unknown,
  options: ValidateOptions = {},
): Promise<Report> => answerQuestions(validator.validate(resource, options), terminology.ask);

/** The same, with line and column when there is anything to tell: finding them takes longer than validating. */
export async function validatedText(
  { validator, terminology }: ValidationContext,
  resource: unknown,
  profiles: readonly string[],
  text: string,
): Promise<Report> {
  const ask = askOnce(terminology.ask);
  const first = await answerQuestions(validator.validate(resource, { profiles }), ask);
  return first.verdict === 'valid' ? first : answerQuestions(validator.validate(resource, { profiles, text }), ask);
}

/** Of a refusal only what stopped it; of one that is merely undecided, all that is known. */
export function refusingIssues(issues: readonly Issue[]): readonly Issue[] {
  const told = refusalIssues(issues);
  return told.some(isError) ? told.filter(isError) : told;
}

/**
 * What a refusal tells. When nothing is wrong but that a question could not be asked now, that is what it is refused
 * for, as something that passes: the sender comes again.
 */
export const refusalIssues = (issues: readonly Issue[]): readonly Issue[] =>
  issues.some(isError)
    ? issues
    : issues.map((it) => (it.rule === 'terminology-unavailable' ? { ...it, severity: 'error' as const } : it));
