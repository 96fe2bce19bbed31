import { type Issue, isError } from '../../fhir/issue.ts';
import { yieldToOthers } from '../../turns.ts';
import { answerQuestions, askOnce, type Report, type ValidateOptions } from '../../validation/index.ts';
import type { DecisionContext } from './gateway.ts';

export type ValidationContext = Pick<DecisionContext, 'validator' | 'terminology'>;

/** Report on a resource, with its open questions answered by the terminology server of the network. */
export const validated = async (
  { validator, terminology }: ValidationContext,
  resource: unknown,
  options: ValidateOptions = {},
): Promise<Report> => answerQuestions(validator.validate(resource, options), terminology.ask);

/** The same, with line and column when there are findings: locating them takes longer than validating. */
export async function validatedText(
  { validator, terminology }: ValidationContext,
  resource: unknown,
  profiles: readonly string[],
  text: string,
): Promise<Report> {
  const ask = askOnce(terminology.ask);
  const yieldIfDue = yieldToOthers();
  const first = await answerQuestions(validator.validate(resource, { profiles }), ask);
  if (first.verdict === 'valid') return first;
  await yieldIfDue();
  return answerQuestions(validator.validate(resource, { profiles, text }), ask);
}

/** Errors of a refusal; all findings where the validation was undecided. */
export function refusingIssues(issues: readonly Issue[]): readonly Issue[] {
  const findings = refusalIssues(issues);
  return findings.some(isError) ? findings.filter(isError) : findings;
}

/** Findings of a refusal. Without an error the terminology server was unavailable, which becomes a transient error. */
export const refusalIssues = (issues: readonly Issue[]): readonly Issue[] =>
  issues.some(isError)
    ? issues
    : issues.map((it) => (it.rule === 'terminology-unavailable' ? { ...it, severity: 'error' as const } : it));
