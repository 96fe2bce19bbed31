import { type AddressRules, openClient } from '../outbound/client.ts';
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

export function openTerminologyServer(
  { url, tokenFrom, timeout, maxConcurrent }: TerminologySettings,
  rules: () => AddressRules | undefined,
): TerminologyServer {
  const { origin, pathname } = new URL(url);
  const base = origin + pathname.replace(/\/+$/, '');
  const client = openClient({ rules, timeout, connections: maxConcurrent });

  async function send(request: ValidateCodeRequest, cut: AbortSignal): Promise<ServerOutcome | 'again'> {
    const token = tokenFrom ? process.env[tokenFrom] : undefined;
    try {
      const { status, text, isComplete } = await client.request(
        `${base}/${request.operation}/$validate-code`,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/fhir+json',
            accept: 'application/fhir+json',
            ...(token ? { authorization: `Bearer ${token}` } : {}),
          },
          body: JSON.stringify(parametersOf(request)),
        },
        { timeout, limit: maxResponseBytes, cut },
      );
      const found = readResponse(status, isComplete ? text : undefined);
      return status >= 500 && found === 'failed' ? 'again' : found;
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
    close: client.close,
  };
}
