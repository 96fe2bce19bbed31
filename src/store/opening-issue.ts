import { type Issue, issue } from '../fhir/issue.ts';
import { shellWord } from './shell-word.ts';

/** An error of the schema in its `code`: a class does not survive the way out of the store's thread. */
export const schemaFault = (code: 'schema-older' | 'schema-newer', message: string): Error =>
  Object.assign(new Error(message), { code });

/** The name of an error while a connection to PostgreSQL opens. */
export const connectionFault = 'PostgresConnectionFault';

/** Why a store cannot be opened, with the remedy for that cause. `store`: its file, or its address without a password. */
export function openingIssue(
  why: unknown,
  store: string,
  otherwise: 'store-open-failed' | 'store-read-failed' | 'store-not-written',
): Issue {
  const { name, code, message } = why instanceof Error ? (why as Error & { readonly code?: unknown }) : unknown;
  if (code === 'schema-older') return issue('store-needs-migration', { store, file: shellWord(store) });
  if (code === 'schema-newer') return issue('store-too-new', { store });
  if (code === 'address') return issue('store-type-unsupported', { store });
  const problem = message.replace(/\.$/, '');
  return name === connectionFault
    ? issue('store-connection-failed', { store, problem: problem.replace(/^No connection to PostgreSQL: /, '') })
    : issue(otherwise, { store, problem });
}

const unknown = { name: '', code: undefined, message: 'error' };
