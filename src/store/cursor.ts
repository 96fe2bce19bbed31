/**
 * A position in a list as opaque text. A forged cursor reads as `undefined`, or as a position that discloses nothing
 * more.
 */
export const writeCursor = (place: readonly number[]): string =>
  Buffer.from(place.map((it) => it.toString(36)).join('.')).toString('base64url');

export function readCursor(text: string, length: number): readonly number[] | undefined {
  const place = Buffer.from(text, 'base64url')
    .toString()
    .split('.')
    .map((it) => (/^-?[0-9a-z]{1,11}$/.test(it) ? Number.parseInt(it, 36) : Number.NaN));
  return place.length === length && place.every(Number.isSafeInteger) ? place : undefined;
}
