#!/usr/bin/env node
import { Command } from 'commander';
import { registerDemo } from './cli/demo.ts';
import { registerExplain } from './cli/explain.ts';
import { registerMap } from './cli/map.ts';
import { registerProfiles } from './cli/profiles.ts';
import { registerSend } from './cli/send.ts';
import { registerServe } from './cli/serve.ts';
import { registerSilent } from './cli/silent.ts';
import { registerValidate } from './cli/validate.ts';
import { registerWaitingTimes } from './cli/waiting-times.ts';
import { version } from './main.ts';

const program = new Command('mgn').description('FHIR R4 gateway of a Dutch mental-health network').version(version);
for (const register of [
  registerServe,
  registerDemo,
  registerValidate,
  registerExplain,
  registerSend,
  registerSilent,
  registerMap,
  registerProfiles,
  registerWaitingTimes,
])
  register(program);
try {
  await program.parseAsync();
} catch (error) {
  // A mistake of who runs it, mostly; where in our code it surfaced is of no use to them.
  process.stderr.write(`mgn: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env.MGN_STACK && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
