import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { vi } from 'vitest';
import { createProgram } from '../../../src/cli/commands.ts';

export type Ended = { readonly code: number; readonly out: string; readonly err: string };

const cli = join(import.meta.dirname, '../../../src/cli.ts');

/** `mgn` as its user starts it: in a process of its own, which costs a second of CPU before it does anything. */
export const mgnProcess = (args: readonly string[], folder = process.cwd()): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 10_000_000 };
    execFile(process.execPath, [cli, ...args], options, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });

/** The same in this process, with what it prints and how it ends. One at a time: streams and working folder are shared. */
export async function mgn(args: readonly string[], folder = process.cwd()): Promise<Ended> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk: unknown) => {
      printed[name] += String(chunk);
      return true;
    }),
  );
  const before = process.cwd();
  process.chdir(folder);
  process.exitCode = 0;
  try {
    await throwing(createProgram()).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError))
      printed.stderr += `mgn: ${error instanceof Error ? error.message : error}\n`;
    process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
  } finally {
    process.chdir(before);
    for (const spy of spies) spy.mockRestore();
  }
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return { code, out: printed.stdout, err: printed.stderr };
}

/** Commander ends the process on a mistake of its user; here it throws. */
function throwing(command: Command): Command {
  for (const it of command.commands) throwing(it);
  return command.exitOverride();
}
