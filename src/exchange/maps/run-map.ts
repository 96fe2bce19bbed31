import { type Issue, isError } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { CompiledMap, RunOptions, RunResult } from '../../mapping/index.ts';
import type { SentMessage } from '../reading/sent-message.ts';
import { checkForm } from './check-form.ts';
import type { FormModel } from './form-model.ts';
import { unread } from './unread.ts';

/** A map, and the logical model of the form in JSON that it reads. */
export type FormMap = { readonly map: CompiledMap; readonly model?: FormModel | undefined };

/**
 * Runs the map of a message. The issues are those of the form against its model, those of the map, and the values that
 * no rule read.
 */
export function runMap({ map, model }: FormMap, sent: SentMessage, options: RunOptions): RunResult {
  const { message, shape } = sent;
  const wrong = model ? checkForm(model, message) : [];
  const trace = shape !== 'fhir' || isType(message as Resource, 'QuestionnaireResponse');
  const result = map.run(message, { ...options, trace });
  const found = (result.issues ?? []).filter((it) => !isKnown(it, wrong));
  const issues = [...wrong, ...found];
  const ignored = result.trace
    ? unread(sent, { model, root: map.source }, { output: result.output, trace: result.trace, issues })
    : [];
  return { ...result, issues: [...issues, ...ignored] };
}

/** Of a form that is wrong, its map reports the same, and that its expressions do not evaluate. */
const isKnown = (it: Issue, wrong: readonly Issue[]): boolean =>
  wrong.length > 0 &&
  isError(it) &&
  it.rule !== 'consent-value-unread' &&
  (it.rule.startsWith('map-') || wrong.some(({ expression }) => it.expression === expression));
