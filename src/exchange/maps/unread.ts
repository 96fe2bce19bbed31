import { type Issue, issue } from '../../fhir/issue.ts';
import type { Trace } from '../../mapping/index.ts';

/** More of them do not help: the message is another form. */
const maximumIssues = 20;

/** Property names come from the sender: text that does not have the form of a name is not repeated. */
const safePath = /^[A-Za-z][\w-]{0,63}(?:\.[A-Za-z][A-Za-z]{0,63}|\[\d+\])*$/;

/** Values of a form that no rule of its map read: none is dropped without a finding. Issue: `form-value-ignored`. */
export const unread = ({ unread }: Trace): Issue[] =>
  unread
    .slice(0, maximumIssues)
    .map((path) => issue('form-value-ignored', {}, safePath.test(path) ? { expression: path } : {}));
