/** The long tests: the files that read `isLong` (test/support/long.ts), with all their data and rounds. */
import { runFiles, testFiles } from './support/run-files.ts';

runFiles(testFiles(undefined, /support\/long\.ts/), '--mode', 'long', ...process.argv.slice(2));
