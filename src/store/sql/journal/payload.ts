import { constants as bufferConstants } from 'node:buffer';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { storeError } from '../../store-problem.ts';
import dictionary1 from './dictionary-1.json' with { type: 'json' };

/**
 * The texts of one entry, compressed together: the resources of a message, its body and what is sent of it mostly
 * repeat each other. The first byte says how the others are to be read, so that stores of different ages need no
 * rewriting:
 *
 *   0  the texts as they are
 *   1  zstd (https://www.rfc-editor.org/rfc/rfc8878) with the dictionary `dictionary-1.json`
 *   2  AES-256-GCM of payloads as above, under the keys of the persons that they are about: see vault/sealed.ts. A journal
 *      of which a key was destroyed can be read but for these texts, and since the chain over it covers the stored bytes, it
 *      can still be verified.
 *
 * The dictionary contains what the texts of most messages have in common: names of elements, systems, profiles. It halves
 * a payload. It was trained by `zstd --train --maxdict=16384` on the entries of examples/messages, and never changes:
 * another one would be another format.
 */
export function pack(parts: readonly (string | Uint8Array)[]): {
  readonly sizes: number[];
  readonly payload: Uint8Array;
  /** The parts as `unpack` returns them. */
  readonly unpacked: readonly Buffer[];
} {
  const buffers = parts.map((it) =>
    typeof it === 'string' ? Buffer.from(it) : Buffer.from(it.buffer, it.byteOffset, it.byteLength),
  );
  const whole = Buffer.concat(buffers);
  const compressed = whole.length > 100 ? zstdCompressSync(whole, options) : undefined;
  const smaller = compressed && compressed.length < whole.length;
  return {
    sizes: buffers.map((it) => it.length),
    payload: Buffer.concat([Uint8Array.of(smaller ? 1 : 0), smaller ? compressed : whole]),
    unpacked: buffers,
  };
}

const dictionary = Buffer.from(dictionary1.base64, 'base64');
// the checksum of 4 bytes: SQLite has none, and a flipped bit would be content that nobody sent
const options = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  dictionary,
};

const damaged = () => storeError('ERR_STORE_DAMAGED', 'An entry of the journal is damaged.');

/** Throws when the payload is damaged, or of a newer gateway. */
export function unpack(payload: Uint8Array, sizes: readonly number[]): readonly Buffer[] {
  const size = sizes.reduce((sum, it) => sum + it, 0);
  const whole = unpackWhole(payload, size);
  if (size !== whole.length) throw damaged();
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return whole.subarray(start - size, start);
  });
}

/** All texts together. Throws when they are larger than `most` bytes: a damaged payload must not fill the memory. */
export function unpackWhole(payload: Uint8Array, most: number = bufferConstants.MAX_STRING_LENGTH): Buffer {
  const rest = Buffer.from(payload.buffer, payload.byteOffset + 1, payload.byteLength - 1);
  switch (payload[0]) {
    case 0:
      return rest;
    case 1:
      try {
        return zstdDecompressSync(rest, {
          dictionary,
          maxOutputLength: Math.max(1, most),
          // what does not fit in one chunk takes a call for each, and is copied
          chunkSize: Math.min(1 << 20, Math.max(1 << 14, rest.length * 8)),
        });
      } catch {
        throw damaged();
      }
    default:
      throw new Error(`An entry of the journal has the format ${payload[0]}, which this gateway does not know.`);
  }
}
