import { createHash } from 'node:crypto';
import type { Resource as FhirResource, Identifier } from '@medplum/fhirtypes';
import type { Partner } from '../../directory/index.ts';
import { issue } from '../../fhir/issue.ts';
import type { Limits } from '../../fhir/parse-error.ts';
import { type Elements, isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Envelope } from './envelope.ts';
import { headOf, isHl7 } from './hl7v2.ts';
import { headerOf } from './message-response.ts';
import { parseMessage } from './sent-message.ts';

/**
 * The request with the id by which a resend is recognised. HL7 v2 without an X-Request-Id has its message id (MSH-10). So has a
 * message with a key of its own, from a partner that cannot set the header and whose settings allow that. The id is derived
 * from sender, target, key and body. Issue: `message-key-missing`.
 */
export async function withRequestId(
  envelope: Envelope,
  { id: partner, requestId }: Pick<Partner, 'id' | 'requestId'>,
  limits: Partial<Limits>,
): Promise<Result<Envelope>> {
  if (envelope.requestId) return success(envelope);
  const isMessage = envelope.intake !== undefined && isHl7(envelope.contentType);
  if (!isMessage && requestId !== 'from-message') return success(envelope);
  const body = await envelope.readBody();
  const read = { ...envelope, readBody: async () => body };
  if (!body.ok) return success({ ...read, requestId: uuidOf('unread', partner) });
  if (isMessage) {
    const control = headOf(envelope.contentType ?? '', body.value)?.messageControlId;
    return success({
      ...read,
      requestId: uuidOf('hl7-v2', partner, typeof control === 'string' ? control : body.value),
    });
  }
  const key = envelope.ifMatch ?? envelope.ifNoneExist ?? keyIn(envelope, body.value, limits);
  if (!key) return failure(issue('message-key-missing', {}));
  return success({ ...read, requestId: uuidOf('key', partner, `${envelope.target ?? ''}\n${key}\n`, body.value) });
}

/** A key by which the sender itself tells this message from its others. A body that cannot be parsed is refused for that. */
function keyIn({ intake, contentType = '' }: Envelope, body: Uint8Array, limits: Partial<Limits>): string | undefined {
  const sent = parseMessage({ contentType, body, ...(intake ? { intake } : {}) }, limits);
  if (!sent.ok) return 'malformed';
  if (sent.value.shape === 'fhir') return keyOf(sent.value.message);
  const { reference } = sent.value.message as { readonly reference?: unknown };
  return typeof reference === 'string' && reference !== '' ? reference : undefined;
}

function keyOf(resource: Resource): string | undefined {
  const own = identifierIn(resource);
  if (own || !isType(resource, 'Bundle')) return own;
  const header = headerOf(resource)?.id;
  if (header) return header;
  const entries = resource.entry ?? [];
  const moves = entries.map(({ request }) => request?.ifMatch);
  if (moves.length > 0 && moves.every((it) => it)) return moves.join();
  const named = entries.flatMap(({ request, resource: it }) =>
    isType(it, 'Task') || isType(it, 'ServiceRequest') ? [request?.ifNoneExist, identifierIn(it)] : [],
  );
  return named.find((it) => it);
}

function identifierIn(resource: Resource | FhirResource): string | undefined {
  const { identifier } = resource as unknown as Elements;
  const [first] = [identifier].flat() as (Identifier | undefined)[];
  return first?.value ? `${first.system ?? ''}|${first.value}` : undefined;
}

/** UUID version 8 (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8): the same for the same sender and key. */
function uuidOf(kind: string, partner: string, ...key: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256').update(`${kind}\n${partner}\n`);
  for (const part of key) hash.update(part);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
