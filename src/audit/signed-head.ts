import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { AuditEvent } from '@medplum/fhirtypes';
import { auditEvent } from './event.ts';

/** The end of the journal: its last entry, and the hash of the chain up to it (base64url). */
export type JournalHead = { readonly entry: number; readonly hash: string };

/**
 * The head of the journal at a time, signed with Ed25519 (https://www.rfc-editor.org/rfc/rfc8032). Who has one can show
 * later that the journal up to that entry was changed or cut off.
 */
export type SignedHead = JournalHead & {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** SHA-256 of the public key, base64url. */
  readonly key: string;
  /** The public key as SubjectPublicKeyInfo, base64. Proves nothing by itself: compare `key` with that of the network. */
  readonly publicKey: string;
  /** Of the text of `signedText`, base64url. */
  readonly signature: string;
};

/** The key with which a gateway signs; `id` as in `SignedHead.key`. */
export type Signer = { readonly id: string; readonly publicKey: string; readonly sign: (text: string) => string };

export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');

function signerWith(key: KeyObject): Signer {
  const publicKey = createPublicKey(key);
  return {
    id: keyIdOf(publicKey),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  };
}

/** From a private key in PEM (PKCS #8). Undefined when it is not an Ed25519 key. */
export function signerOf(pem: string): Signer | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? signerWith(key) : undefined;
  } catch {
    return undefined;
  }
}

/** With a new key, which only this process has: for a demo. */
export const newSigner = (): Signer => signerWith(generateKeyPairSync('ed25519').privateKey);

/** A public key in PEM or as base64 of its SubjectPublicKeyInfo. */
export function publicKeyOf(text: string): KeyObject | undefined {
  try {
    const key = text.includes('-----BEGIN')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

const signedText = ({ entry, hash, at }: JournalHead & { readonly at: string }): string =>
  ['mgn-gateway journal head 1', entry, hash, at].join('\n');

export function signHead(head: JournalHead, signer: Signer, now: Date): SignedHead {
  const at = now.toISOString();
  const { entry, hash } = head;
  const signature = signer.sign(signedText({ entry, hash, at }));
  return { entry, hash, at, key: signer.id, publicKey: signer.publicKey, signature };
}

/** Whether it was signed with the private key of `publicKey`. */
export const isSignedBy = (head: SignedHead, publicKey: KeyObject): boolean =>
  verify(null, Buffer.from(signedText(head)), publicKey, Buffer.from(head.signature, 'base64url'));

export const signingInteraction = 'sign-journal';

/** The AuditEvent by which a signed head is part of the journal itself. */
export const signedHeadEvent = (head: SignedHead, it: { readonly id: string; readonly network: string }): AuditEvent =>
  auditEvent({
    id: it.id,
    at: new Date(head.at),
    action: 'E',
    interaction: signingInteraction,
    outcome: 'success',
    codes: [],
    partner: { id: 'mgn-gateway', name: it.network },
    details: {
      entry: String(head.entry),
      hash: head.hash,
      key: head.key,
      'public-key': head.publicKey,
      signature: head.signature,
    },
  });

/** Reads an event that `signedHeadEvent` made. */
export function signedHeadOf(event: AuditEvent): SignedHead | undefined {
  if (event.subtype?.[0]?.code !== signingInteraction) return undefined;
  const details = new Map(
    (event.entity ?? []).flatMap(({ detail = [] }) => detail.map(({ type, valueString = '' }) => [type, valueString])),
  );
  return readSignedHead({
    ...Object.fromEntries(details),
    entry: Number(details.get('entry')),
    publicKey: details.get('public-key'),
    at: event.recorded,
  });
}

/** Reads a line of `mgn audit heads`. */
export function readSignedHead(value: unknown): SignedHead | undefined {
  const { entry, hash, at, key, publicKey, signature } = (value ?? {}) as Record<string, unknown>;
  const texts = [hash, at, key, publicKey, signature];
  if (!Number.isSafeInteger(entry) || !texts.every((it) => typeof it === 'string' && it !== '')) return undefined;
  return { entry, hash, at, key, publicKey, signature } as SignedHead;
}
