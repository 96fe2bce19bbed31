import type { Category } from '../fhir/catalogue/rule.ts';
import type { Issue } from '../fhir/issue.ts';
import { categoryOf } from '../fhir/outcome.ts';

/** The only place where an outcome becomes an HTTP status. */
const statuses = {
  malformed: 400,
  login: 401,
  forbidden: 403,
  'not-found': 404,
  method: 405,
  'not-acceptable': 406,
  conflict: 409,
  stale: 412,
  'too-large': 413,
  'unsupported-media': 415,
  invalid: 422,
  timeout: 408,
  throttled: 429,
  internal: 500,
  transient: 503,
} as const satisfies Record<Category, number>;

export type FailureStatus = (typeof statuses)[Category];

/** HTTP status of a refusal. Without an error among its issues it is undecided, which never passes as valid: 422. */
export const statusOf = (issues: readonly Issue[]): FailureStatus => statuses[categoryOf(issues) ?? 'invalid'];

export const statusOfCategory = (category: Category): FailureStatus => statuses[category];
