import { type Audience, type Calendar, calendarOf, type DeadlineRule } from '../deadline/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { type CheckedFile, type Path, pathText } from '../routing/checked-yaml.ts';
import { parseDay } from '../temporal.ts';
import type { NetworkFile } from './config.ts';
import type { Made } from './made.ts';

/** What is watched, by which calendar, and how often is looked (seconds). */
export type WatchdogSettings = {
  readonly every: number;
  readonly calendar: Calendar;
  readonly rules: readonly DeadlineRule[];
};

/** The part `watchdog` of network.yaml as it stands. */
export type WatchdogFile = {
  readonly every?: number;
  readonly calendar?: {
    readonly 'good-friday'?: boolean;
    readonly 'liberation-day'?: 'never' | 'lustrum' | 'every-year';
    readonly closed?: readonly string[];
  };
  readonly rules: readonly {
    readonly id: string;
    readonly 'use-case': readonly string[];
    readonly status: readonly string[];
    readonly priority?: readonly string[];
    readonly after: { readonly minutes: number } | { readonly 'business-days': number };
    readonly from?: 'status' | 'last-change';
    readonly do: DeadlineRule['does'];
    readonly to: string;
  }[];
};

/** Rules, closed days and the services they name; a mistake is told with its place. */
export function watchdogOf(
  { value, file, placeOf }: CheckedFile<NetworkFile>,
  isService: (reference: string) => boolean,
): Made<WatchdogSettings> {
  const { every = 60, calendar = {}, rules = [] } = value.watchdog ?? {};
  const issues: Issue[] = [];
  const at = (path: Path) => [{ file, path: pathText(path) }, placeOf(path)] as const;
  const closed = (calendar.closed ?? []).flatMap((text, index) => {
    const day = parseDay(text);
    const [told, place] = at(['watchdog', 'calendar', 'closed', index]);
    if (day === undefined)
      issues.push(issue('config-value-invalid', { ...told, wanted: 'a day such as 2026-12-24' }, place));
    return day ?? [];
  });
  const seen = new Set<string>();
  rules.forEach(({ id, to }, index) => {
    if (seen.has(id)) {
      const [told, place] = at(['watchdog', 'rules', index, 'id']);
      issues.push(issue('config-duplicate', { ...told, name: id }, place));
    }
    seen.add(id);
    if (to.includes('/') && !isService(to)) {
      const [told, place] = at(['watchdog', 'rules', index, 'to']);
      issues.push(issue('config-reference-unresolved', { ...told, target: to }, place));
    }
  });
  const holidays = {
    goodFriday: calendar['good-friday'] ?? false,
    liberationDay: calendar['liberation-day'] ?? 'lustrum',
  };
  return {
    value: { every, calendar: calendarOf(value.timezone, holidays, closed), rules: rules.map(ruleOf) },
    issues,
  };
}

const ruleOf = (it: WatchdogFile['rules'][number]): DeadlineRule => ({
  id: it.id,
  useCases: it['use-case'],
  statuses: it.status,
  ...(it.priority ? { priorities: it.priority } : {}),
  after: 'minutes' in it.after ? it.after : { businessDays: it.after['business-days'] },
  from: it.from ?? 'status',
  does: it.do,
  to: it.to as Audience,
});
