import { type Issue, isError } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { CompiledMap, RunOptions, RunResult } from '../../mapping/index.ts';
import type { Model, SentMessage } from '../reading/sent-message.ts';
import { checkForm } from './check-form.ts';
import { ancestorsOf } from './consent-values.ts';
import type { FormModel } from './form-model.ts';
import { formPlaces } from './form-places.ts';
import { textsAsWritten } from './texts-as-written.ts';
import { unread } from './unread.ts';

/** A map, and the logical model of the form in JSON that it reads. */
export type FormMap = { readonly map: CompiledMap; readonly model?: FormModel | undefined };

/**
 * Runs the map of a message. The issues are those of the form against its model, those of the map, and the values that
 * no rule read.
 */
export function runMap({ map, model }: FormMap, sent: SentMessage, options: RunOptions): RunResult {
  const { shape } = sent;
  const message = model ? (textsAsWritten(model, sent.message) as Model) : sent.message;
  const wrong = model ? checkForm(model, message) : [];
  const trace = shape !== 'fhir' || isType(message as Resource, 'QuestionnaireResponse');
  const result = map.run(message, { ...options, trace });
  const found = unknownOf(result.issues ?? [], wrong);
  const issues = [...wrong, ...found];
  const ignored = result.trace
    ? unread(sent, { model, root: map.source }, { output: result.output, trace: result.trace, issues })
    : [];
  return { ...result, issues: inPlaces(sent, map.source, [...issues, ...ignored]) };
}

/** Of a form that is wrong, its map reports the same, what is missing in the wrong part, and that its expressions do not evaluate. */
function unknownOf(found: readonly Issue[], wrong: readonly Issue[]): readonly Issue[] {
  if (wrong.length === 0) return found;
  const places = new Set(wrong.map(({ expression = '' }) => expression));
  const named = new Set(wrong.map(({ rule, expression = '' }) => `${rule} ${expression}`));
  const isKnown = ({ rule, expression = '' }: Issue): boolean =>
    rule === 'consent-value-unread'
      ? named.has(`${rule} ${expression}`)
      : rule.startsWith('map-') || [expression, ...ancestorsOf(expression)].some((it) => places.has(it));
  return found.filter((it) => !isError(it) || !isKnown(it));
}

/** Places as a sender may read them. Those in HL7 v2 have names of the standard. */
function inPlaces(sent: SentMessage, root: string | undefined, issues: readonly Issue[]): readonly Issue[] {
  if (sent.shape === 'hl7-v2' || root === undefined || issues.length === 0) return issues;
  const placeOf = formPlaces(sent, root);
  return issues.map((it) => (it.expression === undefined ? it : { ...it, ...placeOf(it.expression) }));
}
