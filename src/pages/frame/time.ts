import { inZone } from '../../temporal.ts';
import type { View } from './view.ts';

const locales = { nl: 'nl-NL', en: 'en-GB' } as const;

/** `donderdag 10 december 14:06`, in the time zone of the network. */
export const dayAndTime = ({ language }: View, at: Date, timezone: string): string =>
  at
    .toLocaleString(locales[language], {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: timezone,
    })
    .replace(/ om | at /, ' ');

export const time = ({ language }: View, at: Date, timezone: string): string =>
  at.toLocaleTimeString(locales[language], { hour: '2-digit', minute: '2-digit', timeZone: timezone });

export type Left = { readonly kind: 'over' | 'today' | 'tomorrow' | 'days'; readonly days: number };

/** How far a deadline is: days on the calendar of the network. */
export function leftUntil(due: Date, now: Date, timezone: string): Left {
  if (due <= now) return { kind: 'over', days: 0 };
  const days = inZone(timezone, now).toPlainDate().until(inZone(timezone, due).toPlainDate()).days;
  return { kind: days === 0 ? 'today' : days === 1 ? 'tomorrow' : 'days', days };
}
