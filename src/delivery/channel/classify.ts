import { catalogue } from '../../fhir/catalogue/index.ts';
import type { DeliveryRule, Reason } from '../reason.ts';

/** The meaning of a response, or of its absence, for the delivery. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly reason: Reason }
  | { readonly kind: 'refused'; readonly reason: Reason };

/** Statuses after which the same request may succeed. Every other 4xx and 5xx is final. */
const retryable: ReadonlyMap<number, DeliveryRule> = new Map([
  // A redirect is a matter for the operator: following it could send personal data anywhere.
  [301, 'receiver-redirected'],
  [302, 'receiver-redirected'],
  [303, 'receiver-redirected'],
  [307, 'receiver-redirected'],
  [308, 'receiver-redirected'],
  // A path that is wrong, or a server that is being deployed. For how long: settings.retryNotFound.
  [404, 'receiver-not-found'],
  [410, 'receiver-not-found'],
  // The token has expired, not the message: dead letters would have to be requeued by hand.
  [401, 'receiver-credentials-rejected'],
  [408, 'receiver-timeout'],
  [421, 'receiver-unavailable'],
  [425, 'receiver-throttling'],
  [429, 'receiver-throttling'],
  [500, 'receiver-error'],
  [502, 'receiver-unavailable'],
  [503, 'receiver-unavailable'],
  // A proxy of the receiver timed out: the message may have been stored, so the same ids are sent again.
  [504, 'receiver-timeout'],
  [507, 'receiver-unavailable'],
  [509, 'receiver-unavailable'],
  [520, 'receiver-unavailable'],
  [521, 'receiver-unavailable'],
  [522, 'receiver-unavailable'],
  [523, 'receiver-unavailable'],
  [524, 'receiver-timeout'],
]);

/** Classifies a response. `outcome` is its OperationOutcome, when it has one, as it came: none of its elements is trusted. */
export function classifyAnswer(status: number, outcome: unknown): Verdict {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  // The receiver already processed this X-Request-Id, or has the resource: an earlier attempt arrived.
  if (status === 409 && listAt(outcome, 'issue').some((it) => at(it, 'code') === 'duplicate'))
    return { kind: 'delivered' };
  const rule = retryable.get(status);
  if (rule) return { kind: 'retry', reason: { rule, detail: String(status) } };
  return { kind: 'refused', reason: { rule: 'receiver-refused', detail: [status, ...codesOf(outcome)].join(' ') } };
}

/** A success whose body is none: one that was cut off or has no end is as no answer in time; any other is ill-formed. */
export const withoutAnswer = ({ isComplete }: { readonly isComplete: boolean }, detail: string): Verdict => ({
  kind: 'retry',
  reason: isComplete ? { rule: 'receiver-answer-invalid', detail } : { rule: 'receiver-timeout' },
});

/** Timeout errors of undici; other errors are reported by their code. */
const silent: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_ABORTED']);

/** The receiver hung up: errors of undici and Node. */
const broken: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'HPE_INVALID_CONSTANT']);

/** Without a response another attempt is always made, because every resend carries the same ids. */
export function classifyError(error: unknown): Verdict {
  const code = codeOf(error) ?? codeOf((error as { cause?: unknown } | null)?.cause);
  const aborted = (error as { name?: unknown } | null)?.name === 'AbortError';
  if (aborted || (code !== undefined && silent.has(code)))
    return { kind: 'retry', reason: { rule: 'receiver-timeout' } };
  if (code === 'ADDRESS_REFUSED') return { kind: 'retry', reason: { rule: 'receiver-address-refused' } };
  // The connection was made and broke during the request: it may have crashed on this one.
  if (code !== undefined && broken.has(code))
    return { kind: 'retry', reason: { rule: 'receiver-disconnected', detail: code } };
  return { kind: 'retry', reason: { rule: 'receiver-unreachable', detail: code ?? 'unknown' } };
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^[A-Z_0-9]{2,50}$/.test(code) ? code : undefined;
}

/** https://hl7.org/fhir/R4/valueset-issue-type.html */
const issueTypes: ReadonlySet<string> = new Set(
  (
    'invalid structure required value invariant security login unknown expired forbidden suppressed processing ' +
    'not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly ' +
    'business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational'
  ).split(' '),
);

/** Codes of FHIR and of our own catalogue. Any other code could be disguised content. */
function codesOf(outcome: unknown): readonly string[] {
  const codes = listAt(outcome, 'issue').flatMap((it) => [
    ...[at(it, 'code')].filter((code) => isString(code) && issueTypes.has(code)),
    ...listAt(at(it, 'details'), 'coding')
      .map((coding) => at(coding, 'code'))
      .filter((code) => isString(code) && Object.hasOwn(catalogue, code)),
  ]);
  return [...new Set(codes.filter(isString))].slice(0, 10);
}

const isString = (value: unknown): value is string => typeof value === 'string';

const at = (value: unknown, name: string): unknown =>
  (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = at(value, name);
  return Array.isArray(list) ? list : [];
}
