/**
 * Reads the files of a .tgz as FHIR packages use it (POSIX ustar with pax or GNU long names).
 * Only regular files are read: a package contains no links or devices.
 */
import { gunzipSync } from 'node:zlib';

export type TarFile = { readonly path: string; readonly text: string };

const block = 512;
/** Upper bound on the unpacked size, against archives that would exhaust the memory. */
const maxUnpacked = 512 * 1024 * 1024;

/** Throws when the bytes are not a gzipped tar. */
export function readTgz(bytes: Uint8Array): TarFile[] {
  const tar = gunzipSync(bytes, { maxOutputLength: maxUnpacked });
  const files: TarFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length; ) {
    const header = tar.subarray(at, at + block);
    if (header[0] === 0) break;
    const size = Number.parseInt(field(header, 124, 12).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || at + block + size > tar.length) throw new Error('the tar archive is truncated');
    const body = tar.subarray(at + block, at + block + size);
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === 'L') longName = body.toString('utf8').replace(/\0.*$/s, '');
    else if (kind === 'x') longName = paxPath(body.toString('utf8')) ?? longName;
    else {
      if (kind === '0' || kind === '\0')
        files.push({ path: longName ?? ustarPath(header), text: body.toString('utf8') });
      longName = undefined;
    }
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}

function field(header: Buffer, start: number, length: number): string {
  const end = header.indexOf(0, start);
  return header.toString('utf8', start, end === -1 || end > start + length ? start + length : end);
}

function ustarPath(header: Buffer): string {
  const prefix = field(header, 257, 5) === 'ustar' ? field(header, 345, 155) : '';
  const name = field(header, 0, 100);
  return prefix ? `${prefix}/${name}` : name;
}

/** A pax record is `<length> <key>=<value>\n`. */
const paxPath = (records: string): string | undefined => /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1];
