import type { Context } from 'hono';
import type { Answer } from '../exchange/pipeline/answer.ts';
import { retryAfterSeconds } from '../exchange/pipeline/gateway.ts';
import { uuid } from '../exchange/reading/envelope.ts';
import { type Issue, issue, type RuleCode } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { writtenBefore } from '../fhir/written.ts';
import { writeXml } from '../fhir/xml.ts';
import { varying } from './compressed.ts';
import { allowedAt } from './http-routes.ts';
import { type Format, formatOf } from './media.ts';
import { preferencesOf } from './prefer.ts';
import { statusOf } from './status.ts';

type Headers = Readonly<Record<string, string>>;

/** An answer in the negotiated format; JSON when the request accepts no format of the gateway. */
export function reply(context: Context, resource: Resource, status: number, headers: Headers = {}): Response {
  const negotiated = formatOf(context);
  const format = negotiated.ok ? negotiated.value : 'application/fhir+json';
  return written(context, resource, status, format, { ...tracesBack(context), ...headers });
}

/** A stored resource; as JSON its text is sent unchanged. */
export function replyStored(context: Context, text: string, headers: Headers): Response {
  const negotiated = formatOf(context);
  if (negotiated.ok && negotiated.value === 'application/fhir+xml')
    return reply(context, parseJson(text), 200, headers);
  return respond(context, text, 200, 'application/fhir+json', { ...tracesBack(context), ...headers });
}

/** The client has this version already (https://www.rfc-editor.org/rfc/rfc9110#name-304-not-modified). */
export const replyUnmodified = (context: Context, headers: Headers): Response =>
  new Response(null, { status: 304, headers: { 'Cache-Control': 'no-store', ...tracesBack(context), ...headers } });

/** A refusal as OperationOutcome, with the headers of its status (Retry-After, WWW-Authenticate, Allow). */
export const replyIssues = (context: Context, issues: readonly Issue[], headers: Headers = {}): Response =>
  reply(context, operationOutcome(issues), statusOf(issues), {
    ...retryAfter(issues),
    ...challenge(issues),
    ...allow(context, issues),
    ...headers,
  });

/** Response to a write: the resource, with Location and ETag, or the refusal. */
export function replyAnswer(context: Context, answer: Answer, base: string, done: 200 | 201 = 200): Response {
  if (answer.kind === 'refused')
    return reply(context, answer.body, statusOf(answer.issues), {
      ...retryAfter(answer.issues),
      ...challenge(answer.issues),
    });
  const { location, version } = answer;
  const headers = { Location: `${base}/${location}/_history/${version}` };
  // a Bundle reports what became of each entry, with its findings: nothing of it may get lost
  if (answer.body.resourceType === 'Bundle') return reply(context, answer.body, done, headers);
  return replyWritten(context, answer.body, done, { ...headers, ETag: `W/"${version}"` });
}

/** The resource that a write left, or less of it as the client prefers (https://hl7.org/fhir/R4/http.html#return). */
export function replyWritten(context: Context, body: Resource, status: number, headers: Headers): Response {
  const { return: preferred } = preferencesOf(context);
  const applied = context.req.header('prefer')?.includes('return')
    ? { 'Preference-Applied': `return=${preferred}` }
    : {};
  const all = { ...headers, ...applied };
  if (preferred === 'minimal')
    return new Response(null, { status, headers: { 'Cache-Control': 'no-store', ...tracesBack(context), ...all } });
  return reply(context, preferred === 'OperationOutcome' ? operationOutcome([issue('stored', {})]) : body, status, all);
}

/** What is stored already is shown whatever it holds: the header Mgn-Findings says that XML lost something of it. */
function written(context: Context, resource: Resource, status: number, format: Format, headers: Headers): Response {
  if (format === 'application/fhir+json') return respond(context, writtenBefore(resource), status, format, headers);
  const lost: string[] = [];
  const text = writeXml(resource, { lossy: (expression) => lost.push(expression) });
  return respond(context, text, status, format, {
    ...headers,
    ...(lost.length ? { 'Mgn-Findings': 'xml-not-writable' } : {}),
  });
}

/** A text with plain headers: Node's server writes both in one call. */
const respond = (context: Context, text: string, status: number, format: Format, headers: Headers): Response => {
  const length = Buffer.byteLength(text);
  return new Response(text, {
    status,
    headers: {
      'Content-Type': `${format}; charset=utf-8`,
      'Cache-Control': 'no-store',
      'Content-Length': String(length),
      ...varying(context, length),
      ...headers,
    },
  });
};

/** Returns the sender's own request id. */
function tracesBack(context: Context): Headers {
  const id = context.req.header('x-request-id');
  return id && uuid.test(id) ? { 'X-Request-Id': id } : {};
}

const transientRules: ReadonlySet<string> = new Set([
  'overloaded',
  'gateway-busy',
  'bodies-too-many',
  'store-unavailable',
  'terminology-unavailable',
  'login-provider-unavailable',
]);

const retryAfter = (issues: readonly Issue[]): Headers =>
  isThrottled(issues) || (statusOf(issues) === 503 && issues.some(({ rule }) => transientRules.has(rule)))
    ? { 'Retry-After': String(retryAfterSeconds) }
    : {};

const isThrottled = (issues: readonly Issue[]): boolean => statusOf(issues) === 429;

const allow = (context: Context, issues: readonly Issue[]): Headers =>
  statusOf(issues) === 405 ? { Allow: (allowedAt(context.req.path) ?? []).join(', ') } : {};

/** https://www.rfc-editor.org/rfc/rfc6750#section-3, and https://www.rfc-editor.org/rfc/rfc9449#section-7.1 */
function challenge(issues: readonly Issue[]): Headers {
  const [scheme, error] = challenges.find(([rule]) => issues.some((it) => it.rule === rule))?.[1] ?? [];
  if (statusOf(issues) !== 401 && error === undefined) return {};
  return { 'WWW-Authenticate': `${scheme ?? 'Bearer'} realm="mgn-gateway"${error ? `, error="${error}"` : ''}` };
}

const challenges: readonly (readonly [RuleCode, readonly [string, string]])[] = [
  ['login-proof-nonce', ['DPoP', 'use_dpop_nonce']],
  ['login-proof-invalid', ['DPoP', 'invalid_dpop_proof']],
  ['login-certificate-mismatch', ['Bearer', 'invalid_token']],
  ['login-certificate-missing', ['Bearer', 'invalid_token']],
  ['scope-insufficient', ['Bearer', 'insufficient_scope']],
];
