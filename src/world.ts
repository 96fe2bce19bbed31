import { randomFillSync } from 'node:crypto';

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
  if (now !== lastTime) {
    const time = now.toString(16).padStart(12, '0');
    lastTime = now;
    lastPrefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  const chance = nextChance();
  const variant = '89ab'[Number.parseInt(chance[3]!, 16) & 3];
  return `${lastPrefix}${chance.slice(0, 3)}-${variant}${chance.slice(4, 7)}-${chance.slice(7, 19)}`;
}

let lastTime = -1;
let lastPrefix = '';

/** Hexadecimal digits of the chance in an id; its last one is not used. */
const digits = 20;

/** Drawn for 200 ids at once, each part used once: a message has some thirty ids, and one by one they took 1.5 % of its time. */
const drawn = { bytes: Buffer.alloc(100 * digits), text: '', at: 0 };

function nextChance(): string {
  if (drawn.at >= drawn.text.length) {
    drawn.text = randomFillSync(drawn.bytes).toString('hex');
    drawn.at = 0;
  }
  drawn.at += digits;
  return drawn.text.slice(drawn.at - digits, drawn.at);
}
