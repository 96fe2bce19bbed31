import type { CertificateName, Partner } from '../../directory/index.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { certificateIssues } from '../authenticator.ts';
import type { PresentedCertificate } from '../certificate/presented.ts';
import { isNamed } from '../certificate/presented.ts';
import { permittedScopes, readScopes, scopeText } from '../scopes.ts';
import { type AccessTokens, tokenSeconds } from './access-token.ts';
import { type AssertionContext, clientOfAssertion } from './assertion.ts';
import type { Attempts } from './attempts.ts';
import type { Client } from './clients.ts';
import type { Proofs } from './dpop.ts';
import type { VerifyPresentation } from './presentation.ts';

/** A request to the token endpoint (https://www.rfc-editor.org/rfc/rfc6749#section-3.2). */
export type TokenRequest = {
  readonly form: URLSearchParams;
  readonly authorization?: string | undefined;
  readonly dpop?: string | undefined;
  readonly certificate?: PresentedCertificate | undefined;
  readonly address: string;
};

/** The answer of RFC 6749, section 5.1. */
export type Granted = {
  readonly access_token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly expires_in: number;
  readonly scope: string;
};

export type TokenAnswer =
  | { readonly kind: 'granted'; readonly partner: Partner; readonly body: Granted }
  | {
      readonly kind: 'refused';
      readonly issues: readonly Issue[];
      readonly partner?: Partner;
      readonly seconds?: number;
    };

export type TokenContext = AssertionContext & {
  readonly tokens: AccessTokens;
  readonly proofs: Proofs;
  readonly attempts: Attempts;
  readonly presentations: VerifyPresentation;
  readonly namesOf: (partner: Partner) => readonly CertificateName[];
};

export type TokenEndpoint = {
  readonly grant: (request: TokenRequest, now: Date) => Promise<TokenAnswer>;
  /** Its own address, the only audience of an assertion. */
  readonly address: string;
  readonly nonce: (now: Date) => string;
};

export const grantTypes = { client: 'client_credentials', assertion: 'urn:ietf:params:oauth:grant-type:jwt-bearer' };
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Names of the parameters that are read: each may occur once. */
const parameters = ['grant_type', 'scope', 'client_id', 'client_assertion', 'client_assertion_type', 'assertion'];

export const tokenEndpoint = (context: TokenContext): TokenEndpoint => ({
  address: context.audience,
  nonce: context.proofs.nonce,
  grant: async (request, now) => {
    const { attempts } = context;
    const claimed = claimedClient(request.form);
    const seconds = attempts.secondsToWait(request.address, claimed, now);
    if (seconds !== undefined)
      return { kind: 'refused', issues: [issue('token-requests-exceeded', { seconds })], seconds };
    const answer = await grant(context, request, now);
    // a nonce that a client does not have yet is part of the protocol
    const isRetry = answer.kind === 'refused' && answer.issues.some(({ rule }) => rule === 'login-proof-nonce');
    if (answer.kind === 'refused' && !isRetry) attempts.noteRefused(request.address, claimed, now);
    return answer;
  },
});

async function grant(context: TokenContext, request: TokenRequest, now: Date): Promise<TokenAnswer> {
  const client = await clientOf(context, request, now);
  if (!client.ok) return { kind: 'refused', issues: client.issues };
  const { partner, login } = client.value;
  const refused = (...issues: readonly Issue[]): TokenAnswer => ({ kind: 'refused', issues, partner });
  const ofCertificate = certificateIssues(request.certificate, undefined, context.namesOf(partner));
  if (ofCertificate.length) return refused(...ofCertificate);
  const scopes = permittedScopes(readScopes(request.form.get('scope') ?? ''), client.value.permitted);
  if (scopes.length === 0)
    return refused(issue('token-scope-invalid', { permitted: scopeText(client.value.permitted) }));
  const mustProve = login.kind === 'presentation' || (login.kind === 'backend-services' && login.bound === 'dpop');
  if (request.dpop === undefined && mustProve) return refused(issue('login-proof-invalid', { problem: 'missing' }));
  const key =
    request.dpop === undefined
      ? success(undefined)
      : await context.proofs.verify(request.dpop, { method: 'POST', address: context.audience }, now);
  if (!key.ok) return refused(...key.issues);
  const seconds = context.attempts.takeGrant(login.clientId, now);
  if (seconds !== undefined)
    return { kind: 'refused', issues: [issue('token-requests-exceeded', { seconds })], partner, seconds };
  const certificate = request.certificate?.kind === 'verified' ? request.certificate.thumbprint : undefined;
  const mustBind = login.kind === 'certificate' || (login.kind === 'backend-services' && login.bound === 'certificate');
  if (mustBind && certificate === undefined) return refused(issue('login-certificate-missing', {}));
  const content = {
    partner: partner.id,
    client: login.clientId,
    scope: scopeText(scopes),
    expires: now.getTime() + tokenSeconds * 1000,
    ...(key.value ? { key: key.value } : {}),
    // every token that was requested with a certificate is worth nothing without it
    ...(certificate ? { certificate } : {}),
  };
  return {
    kind: 'granted',
    partner,
    body: {
      access_token: context.tokens.seal(content, now),
      token_type: key.value ? 'DPoP' : 'Bearer',
      expires_in: tokenSeconds,
      scope: content.scope,
    },
  };
}

/** The client that a grant is for, authenticated. */
async function clientOf(context: TokenContext, request: TokenRequest, now: Date): Promise<Result<Client>> {
  const { form, authorization } = request;
  const repeated = parameters.find((it) => form.getAll(it).length > 1);
  if (repeated) return requestInvalid(`${repeated} occurs twice`);
  if (form.has('client_secret') || /^Basic /i.test(authorization ?? ''))
    return failure(issue('token-assertion-invalid', { problem: 'shared-secret' }));
  const grantType = form.get('grant_type');
  if (grantType === null) return requestInvalid('grant_type is missing');
  if (grantType === grantTypes.assertion) return clientOfPresentation(context, form, now);
  if (grantType !== grantTypes.client)
    return failure(issue('token-grant-unsupported', { supported: Object.values(grantTypes).join(', ') }));
  const assertion = form.get('client_assertion');
  if (assertion === null) return clientOfCertificate(context, request);
  if (form.get('client_assertion_type') !== assertionType)
    return requestInvalid(`client_assertion_type is not ${assertionType}`);
  const client = await clientOfAssertion(assertion, context, now);
  const named = form.get('client_id');
  return client.ok && named !== null && named !== client.value.login.clientId
    ? failure(issue('token-client-unknown', {}))
    : client;
}

const requestInvalid = (problem: string) => failure(issue('token-request-invalid', { problem }));

/** Mutual TLS (https://www.rfc-editor.org/rfc/rfc8705#section-2.1): the certificate is that of the client it names. */
function clientOfCertificate({ clients, namesOf }: TokenContext, { form, certificate }: TokenRequest): Result<Client> {
  const id = form.get('client_id');
  if (id === null) return requestInvalid('client_assertion or client_id is missing');
  const client = clients.get(id);
  if (client?.login.kind !== 'certificate') return failure(issue('token-client-unknown', {}));
  if (certificate?.kind !== 'verified') return failure(issue('token-certificate-refused', {}));
  return isNamed(certificate.names, namesOf(client.partner))
    ? success(client)
    : failure(issue('token-certificate-refused', {}));
}

async function clientOfPresentation(
  { clients, presentations, namesOf, once, audience }: TokenContext,
  form: URLSearchParams,
  now: Date,
): Promise<Result<Client>> {
  const assertion = form.get('assertion');
  if (assertion === null) return requestInvalid('assertion is missing');
  const presented = await presentations(assertion, audience, now);
  if (!presented.ok) return presented;
  const { ura, holder, id, expires } = presented.value;
  const client = [...clients.values()].find(
    ({ partner, login }) => login.kind === 'presentation' && isNamed([{ ura }], namesOf(partner)),
  );
  if (!client) return failure(issue('token-presentation-refused', { problem: 'no-client' }));
  const milliseconds = expires - now.getTime() + 60_000;
  return (await once(['presentation', holder, id], { now, milliseconds }))
    ? success(client)
    : failure(issue('token-presentation-refused', { problem: 'replayed' }));
}

/** The client that a request says it is, before anything is verified; only to count attempts. */
function claimedClient(form: URLSearchParams): string {
  const [, payload = ''] = (form.get('client_assertion') ?? form.get('assertion') ?? '').slice(0, 10_000).split('.');
  try {
    const { iss } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly iss?: unknown };
    if (typeof iss === 'string') return iss.slice(0, 300);
  } catch {
    // not an assertion
  }
  return (form.get('client_id') ?? '').slice(0, 300);
}
