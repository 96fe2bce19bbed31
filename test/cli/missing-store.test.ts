import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mgn } from '../support/cli/mgn.ts';

/** A mistake in --store is reported: an empty store in its place would answer that there is nothing. */
const folder = mkdtempSync(join(tmpdir(), 'mgn-missing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a command on the store of a gateway creates none', () => {
  test.each([
    ['silent'],
    ['unknown-codes'],
    ['status', 'x'],
    ['audit'],
    ['dead-letters'],
    ['requeue', '--all'],
    ['skip', 'x', '--reason', 'by telephone'],
    ['store', 'check'],
    ['store', 'backup', join(folder, 'backup.db')],
  ])('%s', async (...args) => {
    const file = join(folder, 'missing.db');
    const { code, err, out } = await mgn([...args, '--store', `sqlite:${file}`]);
    expect([code > 0, out]).toEqual([true, '']);
    expect(err).toMatch(/cannot be read.*Name the --store/s);
    expect(readdirSync(folder)).toEqual([]);
  });
});
