import type { Issue } from './issue.ts';

/** A failure is a value. Both sides carry issues: a success its warnings, a failure what stopped it. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly issues: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export const success = <T>(value: T, issues: readonly Issue[] = []): Result<T> => ({ ok: true, value, issues });
export const failure = (...issues: readonly Issue[]): Result<never> => ({ ok: false, issues });
