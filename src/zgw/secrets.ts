import { createHash, timingSafeEqual } from 'node:crypto';
import type { Network } from '../directory/index.ts';

/** Characters: shorter ones could be guessed. */
const minimumLength = 24;

/** Secrets with which the notifications of municipalities come in, by partner id. */
export type CallbackSecrets = {
  /** What the subscription of a partner sends as `Authorization`. */
  readonly headerOf: (partner: string) => string | undefined;
  /** Whether a header is that of this partner, in a time that does not depend on it. */
  readonly isOf: (partner: string, authorization: string) => boolean;
};

/** Reads them from the environment. Throws when one is missing or too short: notifications would be refused, or forged. */
export function callbackSecrets(
  { partners }: Pick<Network, 'partners'>,
  environment: Readonly<Record<string, string | undefined>>,
): CallbackSecrets {
  const headers = new Map<string, string>();
  for (const { id, callbackSecretFrom: name } of partners.values()) {
    if (name === undefined) continue;
    const secret = environment[name];
    if (!secret || secret.length < minimumLength)
      throw new Error(
        `${name} (secret of the notifications of partner ${id}) is not set, or has fewer than ${minimumLength} characters. Set a random one and start again.`,
      );
    headers.set(id, `Bearer ${secret}`);
  }
  return {
    headerOf: (partner) => headers.get(partner),
    isOf: (partner, authorization) => {
      // the same work for a partner that does not exist
      const isSame = timingSafeEqual(digestOf(headers.get(partner) ?? ''), digestOf(authorization));
      return isSame && headers.has(partner);
    },
  };
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
