import { Pool } from 'undici';
import type { TerminologySettings } from './settings.ts';
import { parametersOf, type ValidateCodeRequest } from './validate-code-request.ts';
import { readResponse, type ServerOutcome } from './validate-code-response.ts';

/** The client of a terminology server. */
export type TerminologyServer = {
  /** Never rejects. Redirects are not followed: only the configured server may receive codes. */
  readonly validateCode: (request: ValidateCodeRequest, signal: AbortSignal) => Promise<ServerOutcome>;
  readonly close: () => Promise<void>;
};

/** A response with designations and issues takes a few KB. */
const maxResponseBytes = 256 * 1024;

export function openTerminologyServer({
  url,
  tokenFrom,
  timeout,
  maxConcurrent,
}: TerminologySettings): TerminologyServer {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, '');
  const pool = new Pool(origin, {
    connections: maxConcurrent,
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });

  async function send(request: ValidateCodeRequest, signal: AbortSignal): Promise<ServerOutcome | 'again'> {
    const token = tokenFrom ? process.env[tokenFrom] : undefined;
    try {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: `${base}/${request.operation}/$validate-code`,
        headers: {
          'content-type': 'application/fhir+json',
          accept: 'application/fhir+json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(parametersOf(request)),
        signal,
      });
      const found = readResponse(statusCode, await readAtMost(body));
      return statusCode >= 500 && found === 'failed' ? 'again' : found;
    } catch {
      return 'failed';
    }
  }

  return {
    validateCode: async (request, signal) => {
      const first = await send(request, signal);
      if (first !== 'again' && first !== 'stumbled') return first;
      const second = await send(request, signal);
      return second === 'again' ? 'failed' : second;
    },
    close: () => pool.destroy(),
  };
}

async function readAtMost(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxResponseBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
