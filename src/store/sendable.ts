import type { Commit } from './port.ts';
import { textOf } from './text.ts';

/**
 * The commit as it can be sent to a store in another thread. With the texts of its resources, since a clone of a resource
 * loses the digits of its numbers (fhir/decimal.ts); and with a body that has a buffer of its own: a clone copies the whole
 * buffer, and Node puts small bodies into one that they share, of 64 KiB.
 */
export const sendable = (commit: Commit): Commit => ({
  ...commit,
  ...(commit.message ? { message: { ...commit.message, body: ownBytes(commit.message.body) } } : {}),
  ...(commit.changes ? { changes: commit.changes.map((it) => ({ ...it, text: textOf(it, commit.now) })) } : {}),
});

/** With a buffer of its own. */
export const ownBytes = (it: Uint8Array): Uint8Array =>
  it.byteLength === it.buffer.byteLength ? it : new Uint8Array(it);
