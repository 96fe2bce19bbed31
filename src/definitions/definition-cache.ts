/**
 * A prepared plan: definitions laid out once, so that a start reads an index and then only what it uses.
 * Two files under the cache folder, named by a key of the content: `<key>.data` holds the definitions one after
 * the other, `<key>.json` their names and places. They are written whole and then renamed, so that a process
 * that starts at the same time sees all or nothing.
 */
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Resource } from '../fhir/resource.ts';
import { type Entry, type EntryFacts, entryFacts, entryOf } from './definition-entry.ts';
import { slim } from './slim.ts';

/** Raised when the layout changes, so that plans of an older release are left alone. */
const layout = 3;

type Line = EntryFacts & { readonly at: number; readonly length: number };

/** The entries of the plan `key`; when there is none yet it is made from `resources`. */
export function openPlan(key: string, resources: () => readonly Resource[]): Entry[] {
  const name = `${key}-${layout}`;
  for (const folder of cacheFolders()) {
    const found = read(folder, name);
    if (found) return found;
  }
  const slimmed = resources().map(slim);
  for (const folder of cacheFolders()) {
    try {
      write(folder, name, slimmed);
      const made = read(folder, name);
      if (made) return made;
    } catch {
      // A folder that cannot be written is no reason to stop: the next one, or memory, will do.
    }
  }
  return slimmed.flatMap((it) => entryOf(it) ?? []);
}

/** The user's own folders, so that nobody else can lay a forged plan in our way. */
function cacheFolders(): string[] {
  const told = process.env.MGN_CACHE;
  if (told) return [told];
  const own = join(tmpdir(), `mgn-gateway-${userInfo().username}`);
  return [join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mgn-gateway'), own];
}

function read(folder: string, name: string): Entry[] | undefined {
  let lines: Line[];
  let file: number;
  try {
    if (!isOurs(folder)) return undefined;
    lines = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Line[];
    file = openSync(join(folder, `${name}.data`), 'r');
  } catch {
    return undefined;
  }
  return lines.map(({ at, length, ...facts }) => {
    let known: Resource | undefined;
    return {
      ...facts,
      read: () => {
        known ??= readAt(file, at, length);
        return known;
      },
    };
  });
}

function isOurs(folder: string): boolean {
  const it = statSync(folder);
  return process.getuid === undefined || it.uid === process.getuid();
}

function readAt(file: number, at: number, length: number): Resource {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const count = readSync(file, bytes, done, length - done, at + done);
    if (count === 0) throw new Error('the prepared plan of definitions is cut off; delete the cache folder');
    done += count;
  }
  return JSON.parse(bytes.toString('utf8')) as Resource;
}

function write(folder: string, name: string, resources: readonly Resource[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lines: Line[] = [];
  const texts: Buffer[] = [];
  let at = 0;
  for (const resource of resources) {
    const facts = entryFacts(resource);
    if (!facts) continue;
    const text = Buffer.from(JSON.stringify(resource));
    lines.push({ ...facts, at, length: text.length });
    texts.push(text);
    at += text.length;
  }
  settle(join(folder, `${name}.data`), Buffer.concat(texts));
  settle(join(folder, `${name}.json`), Buffer.from(JSON.stringify(lines)));
}

function settle(path: string, bytes: Buffer): void {
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, bytes);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
