/** Settings of a terminology server. Times in milliseconds. */
export type TerminologySettings = {
  /** FHIR base of the server. */
  readonly url: string;
  /** Name of the environment variable with its bearer token. */
  readonly tokenFrom?: string;
  /** Total time for one question, including the queue and a retry. */
  readonly timeout: number;
  /** Maximum number of concurrent requests. */
  readonly maxConcurrent: number;
  /** Maximum number of cached decisions; the least recently used is evicted first. */
  readonly cacheEntries: number;
  /** Lifetime of a cached true. */
  readonly cacheTtl: number;
  /** Lifetime of a cached false or unknown: the server may be corrected at any time. */
  readonly negativeCacheTtl: number;
  /** Failures in a row after which the server counts as unavailable. */
  readonly failures: number;
  /** Time without requests to an unavailable server. */
  readonly pause: number;
};

/** The section `terminology` of network.yaml, as written. */
export type TerminologyFile = {
  readonly url: string;
  readonly 'token-from'?: string;
  readonly 'timeout-ms'?: number;
  readonly 'at-once'?: number;
  readonly 'cache-entries'?: number;
  readonly 'cache-minutes'?: number;
  readonly 'negative-cache-minutes'?: number;
  readonly 'failures-before-rest'?: number;
  readonly 'rest-seconds'?: number;
};

const minute = 60_000;

/** The settings, with defaults for everything that the file omits. */
export const terminologySettings = (file: TerminologyFile): TerminologySettings => ({
  url: file.url,
  ...(file['token-from'] ? { tokenFrom: file['token-from'] } : {}),
  timeout: file['timeout-ms'] ?? 2_000,
  maxConcurrent: file['at-once'] ?? 8,
  cacheEntries: file['cache-entries'] ?? 20_000,
  cacheTtl: (file['cache-minutes'] ?? 24 * 60) * minute,
  negativeCacheTtl: (file['negative-cache-minutes'] ?? 10) * minute,
  failures: file['failures-before-rest'] ?? 5,
  pause: (file['rest-seconds'] ?? 30) * 1_000,
});
