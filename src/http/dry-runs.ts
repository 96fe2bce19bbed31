import type { Partner } from '../directory/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import type { ReadOutcome } from './reader.ts';

/** Counts a dry run of a partner; the refusal when it had its number within this minute. */
export type DryRuns = (partner: Partner) => Extract<ReadOutcome, { kind: 'refused' }> | undefined;

const minute = 60_000;

/**
 * Limits dry runs per partner ($explain, $validate, $transform): each costs as much as a message, leaves no message
 * behind, and many of them together are a means to probe. One window of a minute per partner, in this process.
 */
export function dryRunsOf(gateway: Gateway): DryRuns {
  const windows = new Map<string, { readonly since: number; readonly count: number }>();
  return ({ id }) => {
    const limit = gateway.network.settings.limits.dryRunsPerMinute;
    const now = gateway.world.now().getTime();
    const found = windows.get(id);
    const open = found && now >= found.since && now - found.since < minute ? found : { since: now, count: 0 };
    windows.set(id, { since: open.since, count: open.count + 1 });
    if (open.count < limit) return undefined;
    const seconds = Math.ceil((open.since + minute - now) / 1000);
    const issues = [issue('dry-runs-exceeded', { limit, seconds })];
    return { kind: 'refused', issues, headers: { 'Retry-After': String(seconds) } };
  };
}
