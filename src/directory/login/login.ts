import type { PublicKey } from './jwks.ts';

/** How the system of a partner logs in, besides static tokens; secrets are never part of it. */
export type PartnerLogin = BackendServices | CertificateLogin | PresentationLogin;

type AnyLogin = {
  /** The client id of OAuth, of one partner only; that of the partner when the configuration names none. */
  readonly clientId: string;
  /** SMART scopes that it can be granted at most, separated by spaces: `system/*.cruds`. */
  readonly scopes: string;
};

/** SMART Backend Services (https://hl7.org/fhir/smart-app-launch/backend-services.html): a signed assertion. */
export type BackendServices = AnyLogin & {
  readonly kind: 'backend-services';
  /** The public keys of the client: where it publishes them, or the keys themselves. */
  readonly keys: { readonly url: string } | { readonly inline: readonly PublicKey[] };
  /** Its tokens must be bound to a key of the client; absent: they may be. */
  readonly bound?: 'dpop' | 'certificate';
};

/** Mutual TLS client authentication (https://www.rfc-editor.org/rfc/rfc8705): the certificate of the connection. */
export type CertificateLogin = AnyLogin & { readonly kind: 'certificate' };

/** The jwt-bearer grant (https://www.rfc-editor.org/rfc/rfc7523) with a Verifiable Presentation, bound by DPoP. */
export type PresentationLogin = AnyLogin & { readonly kind: 'presentation' };

/**
 * A client certificate of a partner: the URA of a UZI server certificate (UZI-servercertificaat), the OIN of a PKIoverheid
 * certificate, or the SHA-256 of one certificate in lower-case hex.
 */
export type CertificateName = { readonly ura: string } | { readonly oin: string } | { readonly sha256: string };

/** Issuer of credentials that presentations are checked against, with its public keys. */
export type TrustedIssuer = { readonly id: string; readonly keys: readonly PublicKey[] };
