import { type Issue, issue } from '../../fhir/issue.ts';
import type { Trace } from '../../mapping/index.ts';
import { unreadAboutConsent } from './consent-values.ts';

/** More of them do not help: the message is another form. */
const maximumIssues = 20;

/** Property names come from the sender: text that does not have the form of a name is not repeated. */
const safePath = /^[A-Za-z][\w-]{0,63}(?:\.[A-Za-z][A-Za-z]{0,63}|\[\d+\])*$/;

type Run = { readonly message: object; readonly output: unknown; readonly trace: Trace; readonly isForm: boolean };

/**
 * Values of a message that no rule of its map read: of a form none is dropped without a finding, and one about a
 * consent refuses any message. Issues: `consent-value-unread`, `form-value-ignored`.
 */
export function unread({ message, output, trace, isForm }: Run): Issue[] {
  const refusing = new Set(unreadAboutConsent(message, output, trace));
  const ignored = isForm ? trace.unread.filter((path) => !refusing.has(path)) : [];
  const at = (path: string) => (safePath.test(path) ? { expression: path } : {});
  return [
    ...[...refusing].slice(0, maximumIssues).map((path) => issue('consent-value-unread', {}, at(path))),
    ...ignored.slice(0, maximumIssues).map((path) => issue('form-value-ignored', {}, at(path))),
  ];
}
