import type { CertificateName, Partner } from '../directory/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { staticTokens } from './bearer.ts';
import { isNamed, type PresentedCertificate } from './certificate/presented.ts';
import type { Authenticate, Caller, LoginRequest, VerifiedToken, VerifyToken } from './login.ts';
import { lackingScopes } from './scopes.ts';
import type { Proofs } from './token/dpop.ts';

export type AccessContext = {
  readonly verifiers: readonly VerifyToken[];
  readonly proofs: Proofs;
  /** Public address of a path of the gateway. */
  readonly addressOf: (path: string) => string;
  readonly namesOf: (partner: Partner) => readonly CertificateName[];
};

/**
 * The only place where a request gets its partner: token, what the token is bound to, client certificate, scopes, in this
 * order.
 */
export function authenticator(context: AccessContext): Authenticate {
  return async (request, now) => {
    const [, scheme = '', token = ''] = /^(Bearer|DPoP) +([\w.~+/-]+=*) *$/i.exec(request.authorization ?? '') ?? [];
    if (!token) return failure(issue('login-missing', {}));
    const verified = await firstOf(context.verifiers, token, now);
    if (!verified.ok) return verified;
    const { partner, scopes, boundTo = {} } = verified.value;
    const isProof = scheme.toLowerCase() === 'dpop';
    const proven = await provenKey(context, request, { token, isProof, key: boundTo.key }, now);
    if (!proven.ok) return proven;
    const [problem] = certificateIssues(request.certificate, boundTo.certificate, context.namesOf(partner));
    if (problem) return failure(problem);
    const lacking = lackingScopes(scopes, request.requires ?? []);
    if (lacking.length || (scopes && !request.requires))
      return failure(issue('scope-insufficient', { scopes: lacking.join(' ') || '-' }));
    const caller: Caller = scopes ? { ...partner, scopes } : partner;
    return success(caller);
  };
}

async function firstOf(verifiers: readonly VerifyToken[], token: string, now: Date): Promise<Result<VerifiedToken>> {
  for (const verify of verifiers) {
    const verified = await verify(token, now);
    if (verified) return verified;
  }
  return failure(issue('login-unknown', {}));
}

/** A token that is bound to a key is refused without a proof, and one that is not bound with one (a downgrade). */
async function provenKey(
  { proofs, addressOf }: AccessContext,
  { dpop, method = '', path = '' }: LoginRequest,
  it: { readonly token: string; readonly isProof: boolean; readonly key: string | undefined },
  now: Date,
): Promise<Result<unknown>> {
  if (it.key === undefined && !it.isProof) return success(undefined);
  if (it.key === undefined || !it.isProof || dpop === undefined)
    return failure(issue('login-proof-invalid', { problem: dpop === undefined ? 'missing' : 'not-bound' }));
  const proven = await proofs.verify(dpop, { method, address: addressOf(path), token: it.token }, now);
  if (!proven.ok) return proven;
  return proven.value === it.key ? proven : failure(issue('login-proof-invalid', { problem: 'other-key' }));
}

/** Issues: `certificate-header-untrusted`, `login-certificate-missing`, `login-certificate-mismatch`. */
export function certificateIssues(
  certificate: PresentedCertificate | undefined,
  bound: string | undefined,
  names: readonly CertificateName[],
): readonly Issue[] {
  if (certificate?.kind === 'untrusted') return [issue('certificate-header-untrusted', {})];
  if (certificate?.kind !== 'verified')
    return certificate?.kind === 'missing' || bound !== undefined ? [issue('login-certificate-missing', {})] : [];
  const isOwn = isNamed(certificate.names, names) && (bound === undefined || certificate.thumbprint === bound);
  return isOwn ? [] : [issue('login-certificate-mismatch', {})];
}

/** Static tokens only, without certificates: for tests, and for a network that has nothing else. */
export const bearerTokens = (partners: Iterable<Partner>): Authenticate =>
  authenticator({
    verifiers: [staticTokens(partners)],
    proofs: { verify: async () => failure(issue('login-proof-invalid', { problem: 'not-bound' })), nonce: () => '' },
    addressOf: (path) => path,
    namesOf: () => [],
  });
