/** Settings of a consent source. Times in milliseconds. */
export type ConsentSourceSettings = {
  /** Address of its evaluation endpoint. */
  readonly url: string;
  /** Name of the environment variable with its bearer token. */
  readonly tokenFrom?: string;
  /** Time for one question, until the last byte of the answer. */
  readonly timeout: number;
  /** Maximum number of concurrent questions; one more is not asked, and undecided. */
  readonly maxConcurrent: number;
};

/** The section `consent-source` of network.yaml, as written. */
export type ConsentSourceFile = {
  readonly url: string;
  readonly 'token-from'?: string;
  readonly 'timeout-ms'?: number;
  readonly 'at-once'?: number;
};

/** The settings, with defaults for everything that the file omits. */
export const consentSourceSettings = (file: ConsentSourceFile): ConsentSourceSettings => ({
  url: file.url,
  ...(file['token-from'] ? { tokenFrom: file['token-from'] } : {}),
  timeout: file['timeout-ms'] ?? 2_000,
  maxConcurrent: file['at-once'] ?? 50,
});
