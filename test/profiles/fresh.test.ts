import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type BuiltProfiles, buildProfiles, digestFile, sourcesDigest } from '../../src/definitions/build-profiles.ts';
import { isLong } from '../support/long.ts';

const root = join(import.meta.dirname, '../..');
const committed = join(root, 'profiles/package');

test('the committed package was built from the sources as they are; when stale: npx mgn profiles build', () => {
  expect(text(root, digestFile).trim()).toBe(sourcesDigest(root));
});

// SUSHI takes some 20 seconds
describe.runIf(isLong)('a build', () => {
  const out = mkdtempSync(join(tmpdir(), 'mgn-profiles-'));
  const dial = vi.spyOn(Socket.prototype, 'connect');
  let built: BuiltProfiles;

  beforeAll(async () => {
    built = await buildProfiles({ root, out, page: join(out, 'profiles.md') });
  });
  afterAll(() => {
    dial.mockRestore();
    rmSync(out, { recursive: true });
  });

  test('the FSH compiles without errors or warnings', () => {
    expect(built.problems).toEqual([]);
  });

  test('building asks no network', () => {
    expect(dial).not.toHaveBeenCalled();
  });

  test('the committed package has the files that the sources give', () => {
    expect(readdirSync(committed).sort()).toEqual(built.files);
  });

  test('the committed package is what the sources give; when stale: npx mgn profiles build', () => {
    const stale = built.files.filter((name) => text(committed, name) !== text(out, name));
    expect(stale).toEqual([]);
  });

  test('docs/reference/profiles.md tells the profiles as they are', () => {
    expect(text(join(root, 'docs/reference'), 'profiles.md')).toBe(text(out, 'profiles.md'));
  });
});

const text = (dir: string, name: string): string => readFileSync(join(dir, name), 'utf8');
