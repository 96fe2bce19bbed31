import { setTimeout as sleep } from 'node:timers/promises';
import type { BundleEntry } from '@medplum/fhirtypes';
import type { OutboundClient } from '../../outbound/client.ts';
import type { World } from '../../world.ts';
import { type FetchResult, fetchBundle, type HoldReason } from './fetch.ts';
import type { DirectorySource } from './source.ts';

export type Pages =
  | { readonly kind: 'entries'; readonly entries: readonly BundleEntry[] }
  | { readonly kind: 'held'; readonly because: HoldReason };

/** What pages are fetched with. */
export type Fetching = { readonly world: World; readonly client: OutboundClient };

const maximumPages = 20_000;
const maximumWaits = 5;
const longestWait = 60_000;

/**
 * All pages of a response. A repeated page, a page of another server and an endless sequence are rejected: a source
 * controls its content, not the requests or the time of this gateway.
 */
export async function readPages(source: DirectorySource, start: string, by: Fetching): Promise<Pages> {
  const entries: BundleEntry[] = [];
  const seen = new Set<string>();
  for (let url: string | undefined = start; url !== undefined; ) {
    if (seen.has(url)) return { kind: 'held', because: 'loop' };
    if (seen.size >= maximumPages) return { kind: 'held', because: 'too-much' };
    if (new URL(url).origin !== new URL(source.address).origin) return { kind: 'held', because: 'elsewhere' };
    seen.add(url);
    const page = await patiently(source, url, by);
    if (page.kind !== 'bundle') return { kind: 'held', because: page.kind === 'held' ? page.because : 'busy' };
    for (const entry of page.bundle.entry ?? []) entries.push(entry);
    const next: string | undefined = page.bundle.link?.find(({ relation }) => relation === 'next')?.url;
    if (next !== undefined && !URL.canParse(next, url)) return { kind: 'held', because: 'garbage' };
    url = next === undefined ? undefined : new URL(next, url).href;
  }
  return { kind: 'entries', entries };
}

/** Retries a busy source a few times, at the time it requests. */
async function patiently(source: DirectorySource, url: string, { world, client }: Fetching): Promise<FetchResult> {
  for (let waits = 0; ; waits++) {
    const fetched = await fetchBundle(source, url, { client, now: world.now() });
    if (fetched.kind !== 'later' || waits === maximumWaits || fetched.milliseconds > longestWait) return fetched;
    await sleep(fetched.milliseconds, undefined, { ref: false });
  }
}
