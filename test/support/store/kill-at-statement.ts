import { appendFileSync } from 'node:fs';
import { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * Loaded before `mgn` (`node --import`): counts what is asked of SQLite in transactions that write, and ends the process with
 * SIGKILL before number MGN_KILL_AT, or after the last one (its commit). Without it each is a byte in the file MGN_COUNT_IN.
 */
const at = Number(process.env.MGN_KILL_AT ?? 0);
const file = process.env.MGN_COUNT_IN;
let count = 0;
let isWriting = false;

const kill = (): never => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};

function counted(): void {
  count += 1;
  if (file) appendFileSync(file, '.');
  if (count === at) kill();
}

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (script) {
  if (script === 'begin immediate') isWriting = true;
  if (isWriting) counted();
  exec.call(this, script);
  if (script !== 'commit') return;
  isWriting = false;
  if (file) appendFileSync(file, '.');
  if (++count === at) kill();
};

for (const name of ['all', 'run'] as const) {
  const before = StatementSync.prototype[name] as (this: StatementSync, ...given: unknown[]) => unknown;
  Object.assign(StatementSync.prototype, {
    [name](this: StatementSync, ...given: unknown[]) {
      if (isWriting) counted();
      return before.apply(this, given);
    },
  });
}
