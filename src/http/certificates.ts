import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';

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

/** GET /metrics, in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function certificateMetrics(
  { world }: Gateway,
  context: Context,
  state: CertificateState | undefined,
): Response {
  const expiry = 'mgn_certificate_expiry_timestamp_seconds';
  const lines = [
    `# HELP ${expiry} When a certificate or a revocation list of the gateway ends.`,
    `# TYPE ${expiry} gauge`,
    ...(state?.expiries ?? []).map(({ name, expires }) => `${expiry}{name="${name}"} ${expires.getTime() / 1_000}`),
    '# HELP mgn_tls_reload_failed Whether certificates or revocation lists could not be read again.',
    '# TYPE mgn_tls_reload_failed gauge',
    `mgn_tls_reload_failed ${state?.failed ? 1 : 0}`,
    '# HELP mgn_time_seconds Clock of the gateway.',
    '# TYPE mgn_time_seconds gauge',
    `mgn_time_seconds ${world.now().getTime() / 1_000}`,
  ];
  return context.text(`${lines.join('\n')}\n`, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
}
