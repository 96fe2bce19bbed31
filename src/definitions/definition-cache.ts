/**
 * Definitions cached on disk, so that a start reads an index and then only the definitions it uses. Two files in the
 * cache folder, named by a key of the content: `<key>.data` contains the definitions one after the other, `<key>.json`
 * their metadata and positions. Each is written whole and then renamed, so that a concurrent start never reads a part.
 */
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { writeJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import { type DefinitionEntry, type DefinitionMetadata, entryOf, metadataOf } from './definition-entry.ts';
import { mayLoseDigits, readDefinition } from './definition-text.ts';
import { slim } from './slim.ts';

/** Raise when the layout changes, so that files of another release are ignored. */
const layoutVersion = 4;

type IndexLine = DefinitionMetadata & {
  readonly at: number;
  readonly length: number;
  /** Some number of it has digits that JavaScript would not print. */
  readonly digits?: true;
};

/** The cached entries for `key`; written from `resources` when there are none yet. */
export function openDefinitionCache(key: string, resources: () => readonly Resource[]): DefinitionEntry[] {
  const name = `${key}-${layoutVersion}`;
  for (const folder of cacheFolders()) {
    const found = read(folder, name);
    if (found) return found;
  }
  const slimmed = resources().map(slim);
  for (const folder of cacheFolders()) {
    try {
      write(folder, name, slimmed);
      const written = read(folder, name);
      if (written) return written;
    } catch {
      // A folder without write access is no error: the next folder is used, or memory.
    }
  }
  return slimmed.flatMap((it) => entryOf(it) ?? []);
}

/** Folders of the user, so that another user cannot plant forged definitions. */
function cacheFolders(): string[] {
  const configured = process.env.MGN_CACHE;
  if (configured) return [configured];
  const temporary = join(tmpdir(), `mgn-gateway-${userInfo().username}`);
  return [join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mgn-gateway'), temporary];
}

function read(folder: string, name: string): DefinitionEntry[] | undefined {
  let lines: IndexLine[];
  let file: number;
  try {
    if (!isOwnedByUser(folder)) return undefined;
    lines = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as IndexLine[];
    file = openSync(join(folder, `${name}.data`), 'r');
  } catch {
    return undefined;
  }
  return lines.map(({ at, length, digits, ...metadata }) => {
    let cached: Resource | undefined;
    return {
      ...metadata,
      read: () => {
        cached ??= (digits ? readDefinition : JSON.parse)(readAt(file, at, length)) as Resource;
        return cached;
      },
    };
  });
}

function isOwnedByUser(folder: string): boolean {
  const it = statSync(folder);
  return process.getuid === undefined || it.uid === process.getuid();
}

function readAt(file: number, at: number, length: number): string {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const count = readSync(file, bytes, done, length - done, at + done);
    if (count === 0) throw new Error('the cache of definitions is truncated; delete the cache folder');
    done += count;
  }
  return bytes.toString('utf8');
}

function write(folder: string, name: string, resources: readonly Resource[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lines: IndexLine[] = [];
  const texts: Buffer[] = [];
  let at = 0;
  for (const resource of resources) {
    const metadata = metadataOf(resource);
    if (!metadata) continue;
    const text = writeJson(resource);
    const bytes = Buffer.from(text);
    lines.push({ ...metadata, at, length: bytes.length, ...(mayLoseDigits(text) ? { digits: true } : {}) });
    texts.push(bytes);
    at += bytes.length;
  }
  writeAtomically(join(folder, `${name}.data`), Buffer.concat(texts));
  writeAtomically(join(folder, `${name}.json`), Buffer.from(JSON.stringify(lines)));
}

function writeAtomically(path: string, bytes: Buffer): void {
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, bytes);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
