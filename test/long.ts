/**
 * The long tests: the files that read `isLong` (test/support/long.ts), with all their data and rounds, and the properties,
 * with new values. Those of PostgreSQL are long in `npm run test:postgres`, those that measure alone in `npm run test:growth`.
 */
import { runFiles, testFiles } from './support/run-files.ts';

runFiles(
  testFiles(undefined, /support\/long\.ts|from 'fast-check'/).filter(
    (file) => !file.startsWith('test/store/postgres') && !file.startsWith('test/growth'),
  ),
  '--mode',
  'long',
  ...process.argv.slice(2),
);
