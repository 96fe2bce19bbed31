import { userInfo } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { world } from '../../main.ts';
import type { Acting } from '../../operations/index.ts';
import type { Store } from '../../store/port.ts';

/** Who types the command, as recorded in the audit trail. */
export const actingOn = (store: Store): Acting => ({
  store,
  world,
  by: { id: 'mgn-cli', name: userInfo().username },
});

/** A day or an instant: `2026-11-30`, `2026-11-30T09:00`, or so long ago: `2h`, `3d`. */
export function momentIn(text: string): Date {
  const ago = /^(\d{1,4})([mhd])$/.exec(text);
  const milliseconds = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
  if (ago) return new Date(Date.now() - Number(ago[1]) * milliseconds[ago[2] as 'm' | 'h' | 'd']);
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime()) || !/^\d{4}-\d\d/.test(text))
    throw new InvalidArgumentError('Use a time such as 2026-11-30, 2026-11-30T09:00 or 2h (ago).');
  return moment;
}

/** Adds a value to those that were given before by the same option. */
export const among = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
