import { createHmac, timingSafeEqual } from 'node:crypto';

/** Milliseconds after which another nonce is issued; the one before is accepted as long again. */
const period = 300_000;

export type Nonces = {
  readonly current: (now: Date) => string;
  readonly isValid: (nonce: string, now: Date) => boolean;
};

/** Nonces for DPoP (https://www.rfc-editor.org/rfc/rfc9449#section-8), the same on every gateway on a store. */
export function nonces(key: Uint8Array): Nonces {
  const of = (count: number): string => createHmac('sha256', key).update(`${count}`).digest('base64url').slice(0, 32);
  const count = (now: Date): number => Math.floor(now.getTime() / period);
  return {
    current: (now) => of(count(now)),
    isValid: (nonce, now) =>
      [count(now), count(now) - 1].some((it) => {
        const [left, right] = [Buffer.from(of(it)), Buffer.from(nonce)];
        return left.length === right.length && timingSafeEqual(left, right);
      }),
  };
}
