import { createProgram } from './commands.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  // A mistake of who runs it, mostly; where in our code it surfaced is of no use to them.
  process.stderr.write(`mgn: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env.MGN_STACK && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
