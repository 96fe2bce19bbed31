/**
 * The long tests: the files that read `isLong` (test/support/long.ts), with all their data and rounds, and the properties,
 * with new values. Those of PostgreSQL are long in `npm run test:postgres`.
 */
import { runFiles, testFiles } from './support/run-files.ts';

runFiles(
  testFiles(undefined, /support\/long\.ts|from 'fast-check'/).filter((file) => !file.startsWith('test/store/postgres')),
  '--mode',
  'long',
  ...process.argv.slice(2),
);
