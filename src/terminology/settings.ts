/** How a terminology server is asked. Times are in milliseconds. */
export type TerminologySettings = {
  /** FHIR base of the server. */
  readonly url: string;
  /** Name of the environment variable that holds its bearer token. */
  readonly tokenFrom?: string;
  /** For one question in all: waiting for its turn, and being asked again, included. */
  readonly timeout: number;
  /** Questions under way at the same time. */
  readonly atOnce: number;
  /** So many answers are kept; what is asked least goes first. */
  readonly cacheEntries: number;
  /** How long a code stays known as one of its set. */
  readonly keep: number;
  /** How long a code stays known as none of its set, or as not known there: both may be mended at any time. */
  readonly keepNegative: number;
  /** So many failures in a row, and the server counts as away. */
  readonly failures: number;
  /** How long a server that is away is left alone. */
  readonly rest: number;
};

/** The part `terminology` of network.yaml as it stands. */
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

/** With what is usual for everything that the file leaves out. */
export const terminologySettings = (file: TerminologyFile): TerminologySettings => ({
  url: file.url,
  ...(file['token-from'] ? { tokenFrom: file['token-from'] } : {}),
  timeout: file['timeout-ms'] ?? 2_000,
  atOnce: file['at-once'] ?? 8,
  cacheEntries: file['cache-entries'] ?? 20_000,
  keep: (file['cache-minutes'] ?? 24 * 60) * minute,
  keepNegative: (file['negative-cache-minutes'] ?? 10) * minute,
  failures: file['failures-before-rest'] ?? 5,
  rest: (file['rest-seconds'] ?? 30) * 1_000,
});
