import type { Bundle } from '@medplum/fhirtypes';
import { request } from 'undici';
import { readRetryAfter } from '../../delivery/backoff.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import type { DirectorySource } from './source.ts';

/** The reason for taking nothing from a source. The replica is unchanged. */
export type HoldReason = 'away' | 'refused' | 'garbage' | 'loop' | 'too-much' | 'elsewhere' | 'shrinks' | 'busy';

export type FetchResult =
  | { readonly kind: 'bundle'; readonly bundle: Bundle }
  | { readonly kind: 'held'; readonly because: HoldReason }
  /** 429 or 503 with Retry-After, in milliseconds. */
  | { readonly kind: 'later'; readonly milliseconds: number };

const timeout = 30_000;
const maximumBytes = 64 * 1024 * 1024;

/** Fetches one page of a source. Never rejects. */
export async function fetchBundle(source: DirectorySource, url: string, now: Date): Promise<FetchResult> {
  const token = source.tokenFrom ? process.env[source.tokenFrom] : undefined;
  try {
    const { statusCode, headers, body } = await request(url, {
      headers: { accept: 'application/fhir+json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      headersTimeout: timeout,
      bodyTimeout: timeout,
    });
    const text = await readAtMost(body);
    if (statusCode === 429 || statusCode === 503) {
      const asked = readRetryAfter(String(headers['retry-after'] ?? ''), now);
      return asked === undefined ? { kind: 'held', because: 'away' } : { kind: 'later', milliseconds: asked };
    }
    if (statusCode >= 500) return { kind: 'held', because: 'away' };
    if (statusCode !== 200) return { kind: 'held', because: 'refused' };
    if (text === undefined) return { kind: 'held', because: 'too-much' };
    return bundleIn(text);
  } catch {
    return { kind: 'held', because: 'away' };
  }
}

async function readAtMost(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maximumBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
