/** Certificates and revocation lists in use, and codes of the last attempt to read them again if it failed. */
export type CertificateState = {
  readonly expiries: readonly { readonly name: string; readonly expires: Date; readonly kind: 'certificate' | 'crl' }[];
  readonly failed?: readonly string[];
};

const hour = 3_600_000;

/** Milliseconds before its end in which something is announced: a certificate takes weeks to replace, a list is replaced by itself. */
const announced = { certificate: 30 * 24 * hour, crl: 2 * hour };

/** For `/readyz`: what ends soon has a warning. */
export const certificateReport = ({ expiries, failed }: CertificateState, now: Date) => ({
  ...(expiries.length
    ? {
        certificates: expiries.map(({ name, expires, kind }) => {
          const left = expires.getTime() - now.getTime();
          const warning = left <= 0 ? 'expired' : left < announced[kind] ? 'expires soon' : undefined;
          const days = Math.floor(left / (24 * hour));
          return { name, expires: expires.toISOString(), days, ...(warning ? { warning } : {}) };
        }),
      }
    : {}),
  ...(failed ? { tls: { reload: 'failed', codes: failed } } : {}),
});
