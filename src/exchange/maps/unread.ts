import { type Issue, issue } from '../../fhir/issue.ts';
import type { Trace } from '../../mapping/index.ts';

/** More of them tell no more: it is another form. */
const maximumIssues = 20;

/** The names of properties are the sender's: what does not look like a name is not repeated. */
const safePath = /^[A-Za-z][\w-]{0,63}(?:\.[A-Za-z][A-Za-z]{0,63}|\[\d+\])*$/;

/** What of a form no rule took over: nothing of it is lost without a word. */
export const unread = ({ unread }: Trace): Issue[] =>
  unread
    .slice(0, maximumIssues)
    .map((path) => issue('form-value-ignored', {}, safePath.test(path) ? { expression: path } : {}));
