/**
 * mgn-gateway/validation: resources against FHIR R4 and its profiles (https://hl7.org/fhir/R4/validation.html).
 *
 * `compile/` turns definitions into the plans of `plan/`; `run/` checks a resource by those plans; `rules/` and
 * `questionnaire/` contain the rules of the specification that no StructureDefinition expresses. Imports go
 * compile -> rules -> questionnaire -> run -> plan -> values, never back: a run receives the compiler as a PlanResolver.
 */
export { type Answer, type Ask, answerQuestions, askOnce } from './answer-questions.ts';
export { ProfileError } from './plan/profile-error.ts';
export type { Question } from './plan/question.ts';
export type { Report, Verdict } from './report.ts';
export { openValidator, type ValidateOptions, type Validator, type ValidatorOptions } from './validator.ts';
