import { storeError } from '../../store-problem.ts';
import { pack, unpack } from '../journal/payload.ts';
import { decrypt, derived, encrypt } from './ring.ts';

/**
 * A payload of format 2 (see journal/payload.ts): the texts of an entry, compressed and then encrypted. Texts about the same
 * persons are together in a segment, under the key of that person; texts about several under a key made of all of theirs, so
 * that they cannot be read once one of them is erased.
 *
 *   2, number of segments (1)
 *   of each segment: number of persons (1), their numbers (8 each); number of texts (2), their places (2 each), or 0xffff for
 *   all; size of what follows (4); nonce (12), ciphertext, tag (16)
 *
 * The additional data of a segment is the number of the entry, that of the segment, and the head of the segment: a ciphertext
 * fits in no other place.
 */
export const sealedFormat = 2;
const all = 0xffff;

export type Text = string | Uint8Array;
/** A person without a number is nobody: texts about services, subscriptions, codes. */
export const nobody = 0;

/** Numbers of persons, ascending; none: of nobody. */
export type Persons = readonly number[];

/** The data key of a person; undefined when it was destroyed. 0: that of texts about nobody. */
export type DataKey = (person: number) => Uint8Array | undefined;

type Segment = { readonly persons: Persons; readonly places: readonly number[] };

/** `personsOf`: whom each text is about. */
export function seal(seq: number, texts: readonly Text[], personsOf: readonly Persons[], keyOf: DataKey) {
  const segments = segmentsOf(personsOf);
  const packed = pack(texts);
  const parts = segments.map(({ persons, places }, index) => {
    const head = headOf({ persons, places }, texts.length);
    const { payload } = places.length === texts.length ? packed : pack(places.map((place) => texts[place] ?? ''));
    const key = keyFor(persons, keyOf);
    if (!key) throw storeError('ERR_STORE_ERASED', 'The person that this is about was erased.');
    const sealed = encrypt(key, payload, aboutOf(seq, index, head));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(sealed.length);
    return Buffer.concat([head, size, sealed]);
  });
  return { ...packed, payload: Buffer.concat([Uint8Array.of(sealedFormat, segments.length), ...parts]) };
}

export const isSealed = (payload: Uint8Array): boolean => payload[0] === sealedFormat;

/** The persons of each text of a payload of format 2, and all of them. */
export function personsOf(payload: Uint8Array, count: number): readonly Persons[] {
  const found: Persons[] = Array.from({ length: count }, () => []);
  for (const { persons, places } of segmentsIn(payload, count)) for (const place of places) found[place] = persons;
  return found;
}

/** The texts; undefined for those that cannot be read any more, since a person was erased. Throws when it is damaged. */
export function openSealed(
  seq: number,
  payload: Uint8Array,
  sizes: readonly number[],
  keyOf: DataKey,
): readonly (Buffer | undefined)[] {
  const texts: (Buffer | undefined)[] = Array.from({ length: sizes.length }, () => undefined);
  for (const [index, { persons, places, head, sealed }] of [...segmentsIn(payload, sizes.length)].entries()) {
    const key = keyFor(persons, keyOf);
    if (!key) continue;
    const packed = decrypt(key, sealed, aboutOf(seq, index, head));
    if (!packed) throw damaged();
    const opened = unpack(
      packed,
      places.map((place) => sizes[place] ?? 0),
    );
    for (const [n, place] of places.entries()) texts[place] = opened[n];
  }
  return texts;
}

function segmentsOf(personsOf: readonly Persons[]): readonly Segment[] {
  const segments = new Map<string, { readonly persons: Persons; readonly places: number[] }>();
  for (const [place, persons] of personsOf.entries()) {
    const name = persons.join();
    const segment = segments.get(name);
    if (segment) segment.places.push(place);
    else segments.set(name, { persons, places: [place] });
  }
  const found = [...segments.values()];
  // the number of segments is one byte, and so is that of persons: beyond it, together under the key of all
  if (found.length < 256 && found.every(({ persons }) => persons.length < 256)) return found;
  const persons = [...new Set(found.flatMap((it) => it.persons))].sort((a, b) => a - b);
  if (persons.length > 255) throw storeError('ERR_STORE_BUSY', 'A commit concerns more than 255 persons.');
  return [{ persons, places: personsOf.map((_, place) => place) }];
}

function headOf({ persons, places }: Segment, count: number): Buffer {
  const listed = places.length === count ? [] : places;
  const head = Buffer.alloc(1 + 8 * persons.length + 2 + 2 * listed.length);
  let at = head.writeUInt8(persons.length);
  for (const person of persons) at = head.writeBigUInt64BE(BigInt(person), at);
  at = head.writeUInt16BE(listed.length || all, at);
  for (const place of listed) at = head.writeUInt16BE(place, at);
  return head;
}

function* segmentsIn(payload: Uint8Array, count: number): Generator<Segment & { head: Buffer; sealed: Buffer }> {
  const whole = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = 2;
  try {
    for (let left = whole.readUInt8(1); left > 0; left--) {
      const start = at;
      const persons = Array.from({ length: whole.readUInt8(at) }, (_, n) =>
        Number(whole.readBigUInt64BE(start + 1 + 8 * n)),
      );
      at += 1 + 8 * persons.length;
      const listed = whole.readUInt16BE(at);
      at += 2;
      const from = at;
      const places = Array.from({ length: listed === all ? count : listed }, (_, n) =>
        listed === all ? n : whole.readUInt16BE(from + 2 * n),
      );
      if (listed !== all) at += 2 * listed;
      const head = whole.subarray(start, at);
      const size = whole.readUInt32BE(at);
      at += 4;
      if (at + size > whole.length) throw damaged();
      yield { persons, places, head, sealed: whole.subarray(at, at + size) };
      at += size;
    }
  } catch (why) {
    throw why instanceof RangeError ? damaged() : why;
  }
}

function keyFor(persons: Persons, keyOf: DataKey): Uint8Array | undefined {
  const keys = (persons.length ? persons : [nobody]).map(keyOf);
  if (keys.some((key) => key === undefined)) return undefined;
  return keys.length === 1 ? keys[0] : derived(Buffer.concat(keys as Uint8Array[]), 'several persons');
}

function aboutOf(seq: number, segment: number, head: Uint8Array): Buffer {
  const place = Buffer.alloc(9);
  place.writeBigUInt64BE(BigInt(seq));
  place.writeUInt8(segment, 8);
  return Buffer.concat([place, head]);
}

const damaged = () => storeError('ERR_STORE_DAMAGED', 'An entry of the journal is damaged.');
