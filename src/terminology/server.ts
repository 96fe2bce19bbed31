import { Pool } from 'undici';
import type { TerminologySettings } from './settings.ts';
import { type Inquiry, parametersOf } from './validate-code-request.ts';
import { type Heard, heard } from './validate-code-response.ts';

/** A terminology server at the other end of the line. */
export type Server = {
  /** Never rejects. A redirect is not followed: nobody has agreed to ask elsewhere. */
  readonly validateCode: (inquiry: Inquiry, signal: AbortSignal) => Promise<Heard>;
  readonly close: () => Promise<void>;
};

/** A server tells a code with its designations and issues in a few KB. */
const longestAnswer = 256 * 1024;

export function openServer({ url, tokenFrom, timeout, atOnce }: TerminologySettings): Server {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, '');
  const pool = new Pool(origin, {
    connections: atOnce,
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });

  async function ask(inquiry: Inquiry, signal: AbortSignal): Promise<Heard | 'again'> {
    const token = tokenFrom ? process.env[tokenFrom] : undefined;
    try {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: `${base}/${inquiry.operation}/$validate-code`,
        headers: {
          'content-type': 'application/fhir+json',
          accept: 'application/fhir+json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(parametersOf(inquiry)),
        signal,
      });
      const found = heard(statusCode, await readAtMost(body));
      return statusCode >= 500 && found === 'failed' ? 'again' : found;
    } catch {
      return 'failed';
    }
  }

  return {
    validateCode: async (inquiry, signal) => {
      const first = await ask(inquiry, signal);
      if (first !== 'again' && first !== 'stumbled') return first;
      const second = await ask(inquiry, signal);
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
    if (size > longestAnswer) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
