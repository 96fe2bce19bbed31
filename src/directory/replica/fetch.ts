import type { Bundle } from '@medplum/fhirtypes';
import { readRetryAfter } from '../../delivery/backoff.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import { AddressRefused, type OutboundClient } from '../../outbound/client.ts';
import type { DirectorySource } from './source.ts';

/** The reason for taking nothing from a source. The replica is unchanged. */
export type HoldReason =
  | 'away'
  | 'refused'
  | 'garbage'
  | 'loop'
  | 'too-much'
  | 'elsewhere'
  | 'shrinks'
  | 'busy'
  | 'address-refused';

export type FetchResult =
  | { readonly kind: 'bundle'; readonly bundle: Bundle }
  | { readonly kind: 'held'; readonly because: HoldReason }
  /** 429 or 503 with Retry-After, in milliseconds. */
  | { readonly kind: 'later'; readonly milliseconds: number };

/** Milliseconds for a whole page, which may be 64 MB over a slow line. */
const pageTimeout = 300_000;
const maximumBytes = 64 * 1024 * 1024;

/** Fetches one page of a source. Never rejects. */
export async function fetchBundle(
  source: DirectorySource,
  url: string,
  { client, now }: { readonly client: OutboundClient; readonly now: Date },
): Promise<FetchResult> {
  const token = source.tokenFrom ? process.env[source.tokenFrom] : undefined;
  try {
    const { status, headers, text, isComplete } = await client.request(
      url,
      {
        method: 'GET',
        headers: { accept: 'application/fhir+json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      },
      { timeout: pageTimeout, limit: maximumBytes, cut: new AbortController().signal },
    );
    if (status === 429 || status === 503) {
      const asked = readRetryAfter(String(headers['retry-after'] ?? ''), now);
      return asked === undefined ? { kind: 'held', because: 'away' } : { kind: 'later', milliseconds: asked };
    }
    if (status >= 500) return { kind: 'held', because: 'away' };
    if (status !== 200) return { kind: 'held', because: 'refused' };
    if (!isComplete) return { kind: 'held', because: 'too-much' };
    return bundleIn(text);
  } catch (error) {
    return { kind: 'held', because: error instanceof AddressRefused ? 'address-refused' : 'away' };
  }
}

function bundleIn(text: string): FetchResult {
  try {
    const bundle = parseJson(text);
    const known = isType(bundle, 'Bundle') && (bundle.type === 'searchset' || bundle.type === 'history');
    return known ? { kind: 'bundle', bundle } : { kind: 'held', because: 'garbage' };
  } catch {
    return { kind: 'held', because: 'garbage' };
  }
}
