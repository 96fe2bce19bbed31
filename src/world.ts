/** Time and chance are injected: no module below main.ts calls Date.now() or randomUUID() itself. */
export type World = {
  readonly now: () => Date;
  /** A random UUIDv4: logical ids appear in notifications and must not be guessable. */
  readonly newId: () => string;
};
