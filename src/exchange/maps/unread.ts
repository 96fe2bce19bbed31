import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { Trace } from '../../mapping/index.ts';
import type { SentMessage } from '../reading/sent-message.ts';
import { isOfQuestion, unreadAboutConsent } from './consent-values.ts';
import { type FormModel, fieldAt } from './form-model.ts';
import { unreadHl7 } from './unread-hl7.ts';

/** More of them do not help: the message is another form. */
const maximumIssues = 20;

/** The form that was read: its model, when it has one, and the name with which paths in it begin. */
type ReadBy = {
  readonly model?: FormModel | undefined;
  readonly root: string | undefined;
  readonly nearName: (path: string) => string | undefined;
};

type Run = { readonly output: unknown; readonly trace: Trace; readonly issues: readonly Issue[] };

/**
 * Values of a message that no rule of its map read: of a form and of HL7 v2 none is dropped without a finding, and one
 * about a consent refuses any message. Places are the paths of the message, with the names of its sender. Issues:
 * `consent-value-unread`, `form-value-ignored`, `hl7-value-ignored`.
 */
export function unread(sent: SentMessage, { model, root, nearName }: ReadBy, { output, trace, issues }: Run): Issue[] {
  if (sent.shape === 'hl7-v2') return unreadHl7(sent.message, sent.unread ?? [], trace, issues);
  // Of a form that is refused, rules did not run that would have read its fields.
  const isRefused = issues.some(isError);
  const isExpected = (path: string) => model !== undefined && isRefused && fieldAt(model, path) !== undefined;
  const found = unreadAboutConsent(sent.message, output, trace, root).filter((path) => !isExpected(path));
  const refusing = new Set(found);
  const ignored = trace.unread.filter((path) => !refusing.has(path) && !isExpected(path) && isContent(sent, path));
  const at = (expression: string) => ({ expression });
  return [
    ...[...refusing].slice(0, maximumIssues).map((path) => issue('consent-value-unread', {}, at(path))),
    ...ignored.slice(0, maximumIssues).map((path) => ignoredValue(path, nearName)),
  ];
}

/** Named with the property that its sender may have meant. Names in a model are no values of a message. */
export function ignoredValue(expression: string, nearName: (path: string) => string | undefined): Issue {
  const near = nearName(expression);
  return issue('form-value-ignored', { near: near === undefined ? '' : `: ${near}` }, { expression });
}

/** Every property of a form in JSON; of a QuestionnaireResponse, its answers. */
const isContent = ({ shape, message }: SentMessage, path: string): boolean =>
  shape === 'json' ||
  (isType(message as Resource, 'QuestionnaireResponse') && /\.answer(?:\[\d+\])?\./.test(path) && !isOfQuestion(path));
