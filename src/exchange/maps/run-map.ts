import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { CompiledMap, RunOptions, RunResult } from '../../mapping/index.ts';
import type { Model, SentMessage } from '../reading/sent-message.ts';
import { checkForm } from './check-form.ts';
import { ancestorsOf } from './consent-values.ts';
import { type FormModel, fieldAt } from './form-model.ts';
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
  const found = unknownOf(inTermsOfForm(result.issues ?? [], model), wrong);
  const issues = [...wrong, ...found];
  const ignored = result.trace
    ? unread(
        sent,
        { model, root: map.source, nearName: map.nearName },
        { output: result.output, trace: result.trace, issues },
      )
    : [];
  return { ...result, issues: inPlaces(sent, map.source, [...issues, ...ignored]) };
}

/** A value that the map could not convert, as its sender knows it: once, however many elements it becomes. */
function inTermsOfForm(found: readonly Issue[], model: FormModel | undefined): readonly Issue[] {
  if (!model) return found;
  const places = new Set<string>();
  return found.flatMap((it) => {
    const { rule, expression = '' } = it;
    const field = rule === 'map-cast-failed' ? fieldAt(model, expression) : undefined;
    if (!field) return [it];
    if (places.has(expression)) return [];
    places.add(expression);
    return [issue('form-value-type', { type: field.type, example: field.example }, { expression })];
  });
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
