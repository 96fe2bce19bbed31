import type { Context } from 'hono';
import { grantTypes, operateScope, proofAlgorithms, type TokenAnswer, type TokenEndpoint } from '../access/index.ts';
import { auditEvent } from '../audit/event.ts';
import { refused } from '../exchange/pipeline/answer.ts';
import { auditRefusal } from '../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { agentOf, tracesOf } from '../exchange/reading/audited-request.ts';
import { mediaTypeOf } from '../exchange/reading/media-type.ts';
import { type Issue, issue, type RuleCode } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readBody } from './body.ts';
import { envelopeOf } from './envelope.ts';
import { statusOf } from './status.ts';

/** Bytes: an assertion and a presentation fit. */
const formBytes = 64 * 1024;

/** Error of RFC 6749, section 5.2 (and RFC 9449), by finding. */
const errors: Partial<Record<RuleCode, string>> = {
  'token-request-invalid': 'invalid_request',
  'token-grant-unsupported': 'unsupported_grant_type',
  'token-scope-invalid': 'invalid_scope',
  'token-presentation-refused': 'invalid_grant',
  'token-requests-exceeded': 'temporarily_unavailable',
  'login-proof-invalid': 'invalid_dpop_proof',
  'login-proof-nonce': 'use_dpop_nonce',
};

/** Would show whether a client exists: outside they are one answer, and the audit trail has the difference. */
const indistinct: readonly RuleCode[] = [
  'token-client-unknown',
  'token-keys-unavailable',
  'token-signature-invalid',
  'token-assertion-replayed',
  'token-certificate-refused',
];

/**
 * POST /oauth2/token (https://www.rfc-editor.org/rfc/rfc6749#section-3.2). Each login and each refusal has its audit event,
 * stored before it is answered.
 */
export async function issueToken(gateway: Gateway, context: Context, endpoint: TokenEndpoint): Promise<Response> {
  const { world, store } = gateway;
  const envelope = envelopeOf(context, 0);
  const form = await formOf(context);
  const answer: TokenAnswer = form.ok
    ? await endpoint.grant(
        {
          form: form.value,
          authorization: envelope.authorization,
          dpop: envelope.dpop,
          certificate: envelope.certificate,
          address: envelope.address ?? '',
        },
        world.now(),
      )
    : { kind: 'refused', issues: form.issues };
  if (answer.kind === 'refused') {
    await auditRefusal(gateway, envelope, 'login', 'E', answer.partner)(refused(answer.issues));
    return refusal(answer.issues, answer.seconds);
  }
  const event = auditEvent({
    id: world.newId(),
    at: world.now(),
    action: 'E',
    interaction: 'login',
    outcome: 'success',
    codes: [],
    ...(envelope.address ? { address: envelope.address } : {}),
    ...agentOf(answer.partner),
    ...tracesOf(envelope),
  });
  await store.appendAudit([event]);
  return json(answer.body, 200);
}

async function formOf(context: Context): Promise<Result<URLSearchParams>> {
  const { type } = mediaTypeOf(context.req.header('content-type') ?? '');
  if (type !== 'application/x-www-form-urlencoded')
    return failure(issue('token-request-invalid', { problem: 'the body is no form' }));
  const body = await readBody(context, formBytes);
  return body.ok ? success(new URLSearchParams(Buffer.from(body.value).toString('utf8'))) : body;
}

/** Details of a finding in the characters that RFC 6749 permits in `error_description`. */
function refusal(issues: readonly Issue[], seconds: number | undefined): Response {
  const [first] = issues;
  const shown = first && indistinct.includes(first.rule) ? issue('token-client-refused', {}) : first;
  const rule = shown?.rule ?? 'internal';
  const status = statusOf(shown ? [shown] : issues);
  const error = errors[rule] ?? (status === 401 ? 'invalid_client' : 'invalid_request');
  const isOfProof = error === 'use_dpop_nonce' || error === 'invalid_dpop_proof';
  const description = `${rule}: ${shown?.message ?? ''}`.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?');
  return json({ error, error_description: description }, isOfProof ? 400 : status, {
    ...(error === 'invalid_client' ? { 'WWW-Authenticate': 'Bearer realm="mgn-gateway"' } : {}),
    ...(seconds === undefined ? {} : { 'Retry-After': String(seconds) }),
  });
}

const json = (body: object, status: number, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache', ...headers },
  });

/**
 * /.well-known/smart-configuration (https://hl7.org/fhir/smart-app-launch/conformance.html), and the same as metadata of an
 * authorization server (https://www.rfc-editor.org/rfc/rfc8414). Public.
 */
export function loginDiscovery(context: Context, { address }: TokenEndpoint): Response {
  return context.json({
    issuer: address.replace(/\/oauth2\/token$/, ''),
    token_endpoint: address,
    grant_types_supported: Object.values(grantTypes),
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    dpop_signing_alg_values_supported: proofAlgorithms,
    tls_client_certificate_bound_access_tokens: true,
    response_types_supported: [],
    scopes_supported: ['system/*.cruds', operateScope],
    capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  });
}
