import { createProgram } from './commands.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  // Usually a mistake in usage, for which a stack trace is of no help.
  process.stderr.write(`mgn: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env.MGN_STACK && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
