import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { Asked, PortAnswers } from '../port-answers.ts';

const unpacked = (name: string): Buffer => zstdDecompressSync(readFileSync(join(import.meta.dirname, name)));

/** What the port of the previous release answered on its store, with what is asked by name. */
export const previousAnswers = (): {
  readonly asked: Asked;
  readonly answers: PortAnswers;
  readonly claimed: readonly object[];
} => JSON.parse(unpacked('answers.json.zst').toString());

/**
 * Writes a store of the release before the journal (schema 9): every fifth example, sent to a gateway of that release
 * with receivers that accept, refuse and fail, and commits of its port that no example leads to.
 */
export const writePreviousStore = (file: string): void => writeFileSync(file, unpacked('store.db.zst'));

/** A folder for the stores of a test file. */
export function storeFolder(): { readonly path: (name: string) => string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-moving-'));
  return { path: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
