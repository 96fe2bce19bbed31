import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/commands.ts';
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

/** Every command with its path, from the table of the program itself. */
const commandsOf = (
  command: Command,
  path: readonly string[] = [],
): readonly (readonly [readonly string[], Command])[] =>
  command.commands.flatMap((it) => [[[...path, it.name()], it] as const, ...commandsOf(it, [...path, it.name()])]);

/** These write the first content of a store, and make it. */
const makers: ReadonlySet<string> = new Set(['serve', 'config add', 'config activate', 'waiting-times import']);

/** Values that pass the check of their option. */
const placeholderFor = (flags: string): string =>
  /time/.test(flags) ? '2h' : /reason|text/.test(flags) ? 'By telephone' : /file|dir/.test(flags) ? '/nowhere' : 'x';

const withStore = commandsOf(createProgram()).filter(
  ([path, command]) => command.options.some(({ long }) => long === '--store') && !makers.has(path.join(' ')),
);

describe('no command of the program makes a store that is not there', () => {
  test('they are found', () => expect(withStore.length).toBeGreaterThan(20));

  test.each(withStore.map(([path, command]) => [path.join(' '), path, command] as const))(
    'mgn %s',
    async (_, path, command) => {
      const file = join(folder, `${path.join('-')}.db`);
      const values = command.registeredArguments.filter((it) => it.required).map(() => 'x');
      const options = command.options
        .filter((it) => it.mandatory && it.long !== '--store')
        .flatMap((it) => [it.long!, placeholderFor(it.flags)]);
      const { code, out } = await mgn([...path, ...values, ...options, '--store', `sqlite:${file}`]);
      expect(code).not.toBe(0);
      expect(out).not.toContain('Error:');
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
