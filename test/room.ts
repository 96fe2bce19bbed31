/**
 * The tests of one room: `npm run test:room NAME`, with NAME a folder of src/ or test/, also a nested one
 * (`exchange/referral`). It runs test/NAME and the tests elsewhere that import from src/NAME.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, runFiles, testFiles } from './support/run-files.ts';

const foldersIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((it) => (it.isDirectory() ? it.name : []));

const [name, ...options] = process.argv.slice(2);
const exists = name !== undefined && /^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(name);
const isRoom = exists && ['src', 'test'].some((it) => existsSync(join(root, it, name)));
const files = isRoom ? testFiles(name, new RegExp(`from '(\\.\\./)+src/${name}/`)) : [];

if (files.length > 0) runFiles(files, ...options);
else {
  const rooms = [...new Set([...foldersIn('src'), ...foldersIn('test')])].filter((it) => it !== 'support').sort();
  const problem = isRoom ? `The room ${name} has no tests` : `Not a room: ${name ?? '(no name)'}`;
  process.stderr.write(`${problem}. Usage: npm run test:room NAME\nRooms: ${rooms.join(', ')}\n`);
  process.exitCode = 1;
}
