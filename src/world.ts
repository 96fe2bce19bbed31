import { randomUUID } from 'node:crypto';

/** Time and chance are injected: no module below main.ts calls Date.now() or randomUUID() itself. */
export type World = {
  readonly now: () => Date;
  /** A UUIDv7: logical ids appear in notifications and must not be guessable (docs/decisions/0011-time-ordered-ids.md). */
  readonly newId: () => string;
};

/**
 * A UUID of version 7 (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7): the time in milliseconds, then 74
 * bits of chance. New rows of an index are then neighbours, and a commit changes few pages. An id tells its reader when
 * it was assigned (docs/decisions/0011-time-ordered-ids.md).
 */
export function timeOrderedId(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
