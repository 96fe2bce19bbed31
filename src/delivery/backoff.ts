import type { DeliverySettings } from './settings.ts';

type Pauses = Pick<DeliverySettings, 'pause' | 'maximumPause' | 'maximumRetryAfter' | 'schedule'>;

/**
 * Pause (ms) after `failures` consecutive failures, including the last: exponential with full jitter, so that many
 * senders do not return at the same moment. A Retry-After (ms) takes precedence, up to its maximum.
 */
export function pauseAfter(
  failures: number,
  { pause, maximumPause, maximumRetryAfter, schedule = [] }: Pauses,
  chance: () => number,
  retryAfter = 0,
): number {
  const asked = Math.min(Math.max(retryAfter, 0), maximumRetryAfter);
  const listed = schedule[Math.min(Math.max(failures, 1), schedule.length) - 1];
  // a pause that somebody chose stays about as long as it says
  if (listed !== undefined && asked === 0) return Math.ceil(listed * (0.9 + 0.2 * chance()));
  const ceiling = Math.min(maximumPause, pause * 2 ** Math.min(failures - 1, 40));
  // After a Retry-After a small jitter is enough.
  return Math.ceil(asked > 0 ? asked + chance() * Math.min(ceiling, pause) : chance() * ceiling);
}

/** Retry-After in milliseconds: seconds or an HTTP date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). */
export function readRetryAfter(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
