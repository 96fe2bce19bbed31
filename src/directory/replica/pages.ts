import { setTimeout as sleep } from 'node:timers/promises';
import type { BundleEntry } from '@medplum/fhirtypes';
import type { World } from '../../world.ts';
import { type FetchResult, fetchBundle, type HoldReason } from './fetch.ts';
import type { DirectorySource } from './source.ts';

export type Pages =
  | { readonly kind: 'entries'; readonly entries: readonly BundleEntry[] }
  | { readonly kind: 'held'; readonly because: HoldReason };

const maximumPages = 20_000;
const maximumWaits = 5;
const longestWait = 60_000;

/**
 * All pages of an answer. A page that was read before, one of another server, and pages without end are held back: a source
 * decides what it tells, not where we go or how long we stay.
 */
export async function readPages(source: DirectorySource, start: string, world: World): Promise<Pages> {
  const entries: BundleEntry[] = [];
  const seen = new Set<string>();
  for (let url: string | undefined = start; url !== undefined; ) {
    if (seen.has(url)) return { kind: 'held', because: 'loop' };
    if (seen.size >= maximumPages) return { kind: 'held', because: 'too-much' };
    if (new URL(url).origin !== new URL(source.address).origin) return { kind: 'held', because: 'elsewhere' };
    seen.add(url);
    const page = await patiently(source, url, world);
    if (page.kind !== 'bundle') return { kind: 'held', because: page.kind === 'held' ? page.because : 'busy' };
    for (const entry of page.bundle.entry ?? []) entries.push(entry);
    const next: string | undefined = page.bundle.link?.find(({ relation }) => relation === 'next')?.url;
    if (next !== undefined && !URL.canParse(next, url)) return { kind: 'held', because: 'garbage' };
    url = next === undefined ? undefined : new URL(next, url).href;
  }
  return { kind: 'entries', entries };
}

/** A source that is busy is asked again when it says so, a few times. */
async function patiently(source: DirectorySource, url: string, world: World): Promise<FetchResult> {
  for (let waits = 0; ; waits++) {
    const fetched = await fetchBundle(source, url, world.now());
    if (fetched.kind !== 'later' || waits === maximumWaits || fetched.milliseconds > longestWait) return fetched;
    await sleep(fetched.milliseconds, undefined, { ref: false });
  }
}
