import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What an access token says of itself; to its client it is an opaque text. */
export type AccessTokenContent = {
  readonly partner: string;
  readonly client: string;
  /** Granted scopes, separated by spaces. */
  readonly scope: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** Thumbprint of the DPoP key that it is bound to. */
  readonly key?: string;
  /** Thumbprint of the client certificate that it is bound to. */
  readonly certificate?: string;
};

/** Seconds that an access token is valid, as SMART Backend Services recommends. */
export const tokenSeconds = 300;

export type AccessTokens = {
  readonly seal: (content: AccessTokenContent, now: Date) => string;
  /** Undefined for a text that this store did not seal. An expired token is returned: the caller refuses it. */
  readonly open: (token: string, now: Date) => AccessTokenContent | undefined;
};

const format = /^mgn1\.(\d{1,6})\.([\w-]{40,2000})$/;
const dayLength = 86_400_000;

/**
 * Access tokens encrypted under a key of the day, which is derived from the secret of the store: every gateway on the store
 * opens them, also after a restart, none has to be stored, and no key has to be distributed or replaced by hand.
 */
export function accessTokens(keyFor: (purpose: string) => Uint8Array): AccessTokens {
  const keys = new Map<number, Uint8Array>();
  const keyOf = (day: number): Uint8Array => {
    const known = keys.get(day) ?? keyFor(`access-token ${day}`);
    if (!keys.has(day)) for (const old of keys.keys()) if (old < day - 1) keys.delete(old);
    keys.set(day, known);
    return known;
  };
  return {
    seal: (content, now) => {
      const day = Math.floor(now.getTime() / dayLength);
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keyOf(day), nonce).setAAD(Buffer.from(`mgn1.${day}`));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(JSON.stringify(content)),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `mgn1.${day}.${sealed.toString('base64url')}`;
    },
    open: (token, now) => {
      const [, named = '', text = ''] = format.exec(token) ?? [];
      const day = Number(named);
      // the key of another day would open nothing that is still valid; asking for it must not fill the map
      if (!named || Math.abs(Math.floor(now.getTime() / dayLength) - day) > 1) return undefined;
      const bytes = Buffer.from(text, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', keyOf(day), bytes.subarray(0, 12), { authTagLength: 16 });
        decipher.setAAD(Buffer.from(`mgn1.${day}`)).setAuthTag(bytes.subarray(-16));
        const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
        return JSON.parse(plain.toString()) as AccessTokenContent;
      } catch {
        return undefined;
      }
    },
  };
}
