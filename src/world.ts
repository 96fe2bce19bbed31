/** Time and chance come in by the door: nothing below main.ts calls Date.now() or randomUUID() itself. */
export type World = {
  readonly now: () => Date;
  /** A random UUIDv4: logical ids appear in notifications and must not be guessable. */
  readonly newId: () => string;
};
