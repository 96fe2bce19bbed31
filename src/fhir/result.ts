import type { Issue } from './issue.ts';

/** A failure is a value. A success has its warnings as issues, a failure the issues that caused it. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly issues: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export const success = <T>(value: T, issues: readonly Issue[] = []): Result<T> => ({ ok: true, value, issues });
export const failure = (...issues: readonly Issue[]): Result<never> => ({ ok: false, issues });

/** The same result, with more findings that do not refuse it. */
export const withWarnings = <T>(result: Result<T>, warnings: readonly Issue[]): Result<T> => ({
  ...result,
  issues: [...result.issues, ...warnings],
});
