import { createProgram } from './commands.ts';

// a reader that has seen enough: mgn audit | head
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  // A mistake of who runs it, mostly; where in our code it surfaced is of no use to them.
  process.stderr.write(`mgn: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env.MGN_STACK && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
