import { minutesEast } from '../temporal.ts';
import type { MaintenanceWindow } from './network.ts';

const minute = 60_000;
const day = 24 * 60;

/** When the maintenance of a partner ends that it is in now; undefined outside its windows. */
export function endOfMaintenance(windows: readonly MaintenanceWindow[], timezone: string, now: Date): Date | undefined {
  const local = new Date(now.getTime() + minutesEast(timezone, now) * minute);
  const at = local.getUTCHours() * 60 + local.getUTCMinutes();
  const today = local.getUTCDay() || 7;
  const yesterday = today === 1 ? 7 : today - 1;
  const left = windows.flatMap(({ days, from, to }) => {
    const length = to > from ? to - from : to + day - from;
    return [
      [today, at - from],
      [yesterday, at + day - from],
    ].flatMap(([on = 0, since = -1]) => (days.includes(on) && since >= 0 && since < length ? [length - since] : []));
  });
  if (left.length === 0) return undefined;
  // to the minute in which the last of them ends
  const whole = now.getTime() - (now.getTime() % minute);
  return new Date(whole + Math.max(...left) * minute);
}
