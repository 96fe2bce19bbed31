import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** Reads a body of at most `limit` bytes; stops at more. Issues: `body-too-large`, `body-incomplete`. */
export async function readBody(request: Request, limit: number): Promise<Result<Uint8Array>> {
  const tooLarge = failure(issue('body-too-large', { limit }));
  if (Number(request.headers.get('content-length') ?? 0) > limit) return tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > limit) return tooLarge;
      chunks.push(chunk);
    }
  } catch {
    // The sender closed the connection; the audit event of the refusal is still written.
    return failure(issue('body-incomplete', {}));
  }
  return success(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
}
