import type { Partner } from '../directory/index.ts';
import type { Result } from '../fhir/result.ts';
import type { PresentedCertificate } from './certificate/presented.ts';
import type { PageOrigin } from './people/own-origin.ts';
import type { Person } from './people/person.ts';
import type { RequiredScope, Scopes } from './scopes.ts';

/** What a request shows of its sender, and what it needs. */
export type LoginRequest = {
  readonly authorization?: string | undefined;
  /** Header DPoP (https://www.rfc-editor.org/rfc/rfc9449). */
  readonly dpop?: string | undefined;
  readonly method?: string | undefined;
  /** Path at this gateway, without a query. */
  readonly path?: string | undefined;
  readonly certificate?: PresentedCertificate | undefined;
  /** Absent: nothing that a token with scopes may do. */
  readonly requires?: RequiredScope | undefined;
  /** Header Cookie, and where a browser says that the request came from. */
  readonly cookies?: string | undefined;
  readonly page?: PageOrigin | undefined;
  /** The token of the session, by which a page shows that it is one of the gateway. */
  readonly csrfToken?: string | undefined;
};

/**
 * A partner that logged in, with the scopes of its token; absent: it may do all that the partner may. With `person`: one of its
 * people, who may do what both may.
 */
export type Caller = Partner & { readonly scopes?: Scopes; readonly person?: Person };

/**
 * The partner of a request. Issues (401): `login-missing`, `login-unknown`, `login-expired`, `login-proof-invalid`,
 * `login-proof-nonce`, `login-certificate-mismatch`; (403) `scope-insufficient`, `certificate-header-untrusted`.
 */
export type Authenticate = (request: LoginRequest, now: Date) => Promise<Result<Caller>>;

/** A token that its verifier accepts, before its binding and its scopes are checked. */
export type VerifiedToken = {
  readonly partner: Partner;
  readonly scopes?: Scopes;
  /** Thumbprint of the key (https://www.rfc-editor.org/rfc/rfc7638) or certificate that must come with it. */
  readonly boundTo?: { readonly key?: string; readonly certificate?: string };
};

/** Verifies one kind of token; undefined when it is of another kind. */
export type VerifyToken = (token: string, now: Date) => Promise<Result<VerifiedToken> | undefined>;
