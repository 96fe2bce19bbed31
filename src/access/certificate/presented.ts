import { hash, type X509Certificate } from 'node:crypto';
import type { CertificateName } from '../../directory/index.ts';
import { urasOf } from './ura.ts';

/**
 * The client certificate of a request, whose chain was verified by the gateway's TLS or by a proxy that it trusts.
 * `missing`: there is none, and the gateway requires one. `untrusted`: a header of such a proxy came from another address,
 * or cannot be read.
 */
export type PresentedCertificate =
  | { readonly kind: 'verified'; readonly thumbprint: string; readonly names: readonly CertificateName[] }
  | { readonly kind: 'missing' }
  | { readonly kind: 'untrusted' };

/** Thumbprint `x5t#S256` (https://www.rfc-editor.org/rfc/rfc8705#section-3.1) and names of a certificate. */
export function presented(certificate: X509Certificate): PresentedCertificate {
  const oin = /^serialNumber=(\d{20})$/m.exec(certificate.subject)?.[1];
  return {
    kind: 'verified',
    thumbprint: hash('sha256', certificate.raw, 'base64url'),
    names: [
      ...urasOf(certificate.raw).map((ura) => ({ ura })),
      ...(oin ? [{ oin }] : []),
      { sha256: hash('sha256', certificate.raw, 'hex') },
    ],
  };
}

const textOf = (name: CertificateName): string => JSON.stringify(name);

export const isNamed = (names: readonly CertificateName[], among: readonly CertificateName[]): boolean => {
  const texts = new Set(among.map(textOf));
  return names.some((it) => texts.has(textOf(it)));
};
