import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result } from '../fhir/result.ts';
import { shellWord } from './shell-word.ts';
import { isNoDatabase, problemOf, type StoreProblem } from './store-problem.ts';

/** The name of an error while a connection to PostgreSQL opens. A class does not survive the way out of a thread. */
export const connectionFault = 'PostgresConnectionFault';

/** An error of the schema, or of what is no store. */
export const refusedStore = (why: 'NEWER' | 'PREVIOUS' | 'FOREIGN', message: string): Error =>
  Object.assign(new Error(message), { code: `ERR_STORE_${why}` });

const byProblem = {
  full: 'store-disk-full',
  'read-only': 'store-read-only',
  locked: 'store-locked',
  'no-access': 'store-no-access',
} as const satisfies Partial<Record<StoreProblem, string>>;

const byCode = {
  ERR_STORE_NEWER: 'store-newer',
  ERR_STORE_FOREIGN: 'store-foreign',
  EISDIR: 'store-directory',
  address: 'store-type-unsupported',
} as const;

/** The issue of a store that failed to open, or failed while a command used it; undefined for a fault of another kind. */
export function storeIssue(fault: unknown, store: string): Issue | undefined {
  // wrapped by the part that noticed it
  const cause = fault instanceof Error && fault.name === 'StoreFault' ? fault.cause : fault;
  const code = String((cause as { readonly code?: unknown } | undefined)?.code);
  const key = keyIssue(code, cause, store);
  if (key) return key;
  if (code === 'ERR_STORE_PREVIOUS') return issue('store-previous-release', { store, file: shellWord(store) });
  const problem = problemOf(cause);
  const rule = isNoDatabase(cause)
    ? 'store-foreign'
    : Object.hasOwn(byCode, code)
      ? byCode[code as keyof typeof byCode]
      : Object.hasOwn(byProblem, problem)
        ? byProblem[problem as keyof typeof byProblem]
        : undefined;
  if (!rule && cause instanceof Error && cause.name === connectionFault)
    return issue('store-connection-failed', { store, problem: cause.message.replace(/^No connection to \w+: /, '') });
  if (!rule && problem === 'damaged')
    return issue('store-corrupt', { place: store, problem: cause instanceof Error ? cause.message : 'damaged' });
  return rule && issue(rule, { store });
}

/** A store whose keys are missing, or are others: nothing of it was opened. */
function keyIssue(code: string, cause: unknown, store: string): Issue | undefined {
  const kid = /key (\S+?),? (?:which|is)/.exec(cause instanceof Error ? cause.message : '')?.[1] ?? '-';
  if (code === 'ERR_STORE_KEY_NEEDED') return issue('store-keys-needed', { store });
  if (code === 'ERR_STORE_KEY_MISSING') return issue('store-key-missing', { store, kid });
  return code === 'ERR_STORE_KEY_WRONG' ? issue('store-key-wrong', { store, kid }) : undefined;
}

/** The same as a failure, for any fault. */
export function notOpened(
  fault: unknown,
  store: string,
  otherwise: 'store-open-failed' | 'store-read-failed' | 'store-not-written',
): Result<never> {
  const problem = fault instanceof Error ? fault.message.replace(/\.$/, '') : 'error';
  return failure(storeIssue(fault, store) ?? issue(otherwise, { store, problem }));
}
