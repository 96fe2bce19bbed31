import { type Audience, calendarOf, type DeadlineRule } from '../../deadline/index.ts';
import { type CheckedFile, type Path, pathText } from '../../definitions/checked-yaml.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { parseDay } from '../../temporal.ts';
import type { NetworkFile } from './network-files.ts';
import type { WatchdogFile, WatchdogSettings } from './watchdog-file.ts';
import type { WithIssues } from './with-issues.ts';

/** The deadline rules, with closed days and services checked; mistakes are reported with their place. */
export function watchdogOf(
  { value, file, placeOf }: CheckedFile<NetworkFile>,
  isService: (reference: string) => boolean,
): WithIssues<WatchdogSettings> {
  const { every = 60, calendar = {}, rules = [], 'order-without-task-hours': hours } = value.watchdog ?? {};
  const issues: Issue[] = [];
  const at = (path: Path) => [{ file, path: pathText(path) }, placeOf(path)] as const;
  const closed = (calendar.closed ?? []).flatMap((text, index) => {
    const day = parseDay(text);
    const [details, place] = at(['watchdog', 'calendar', 'closed', index]);
    if (day === undefined)
      issues.push(issue('config-value-invalid', { ...details, wanted: 'a day such as 2026-12-24' }, place));
    return day ?? [];
  });
  const seen = new Set<string>();
  rules.forEach(({ id, to }, index) => {
    if (seen.has(id)) {
      const [details, place] = at(['watchdog', 'rules', index, 'id']);
      issues.push(issue('config-duplicate', { ...details, name: id }, place));
    }
    seen.add(id);
    if (to.includes('/') && !isService(to)) {
      const [details, place] = at(['watchdog', 'rules', index, 'to']);
      issues.push(issue('config-reference-unresolved', { ...details, target: to }, place));
    }
  });
  const deadLettersTo = value.delivery?.['dead-letters-to'] ?? '';
  if (deadLettersTo.includes('/') && !isService(deadLettersTo)) {
    const [details, place] = at(['delivery', 'dead-letters-to']);
    issues.push(issue('config-reference-unresolved', { ...details, target: deadLettersTo }, place));
  }
  const holidays = {
    goodFriday: calendar['good-friday'] ?? false,
    liberationDay: calendar['liberation-day'] ?? 'lustrum',
  };
  return {
    value: {
      every,
      calendar: calendarOf(value.timezone, holidays, closed),
      rules: [...rules.map(ruleOf), ...(rules.some(isAboutErasures) ? [] : erasureRules)],
      ...(hours === undefined ? {} : { orderWithoutTaskHours: hours }),
    },
    issues,
  };
}

const isAboutErasures = (it: WatchdogFile['rules'][number]): boolean => it['use-case'].includes('erasure');

/**
 * Of a network whose rules do not name use case `erasure`: a request of a person is answered within a month (GDPR, article
 * 12), whatever the network forgot.
 */
const erasureRules: readonly DeadlineRule[] = [
  {
    id: 'erasure-unanswered',
    useCases: ['erasure'],
    statuses: ['requested', 'received', 'accepted', 'in-progress', 'on-hold'],
    after: { businessDays: 10 },
    from: 'created',
    does: 'remind',
    to: 'owner',
  },
  {
    id: 'erasure-not-completed',
    useCases: ['erasure'],
    statuses: ['requested', 'received', 'accepted', 'in-progress', 'on-hold'],
    after: { businessDays: 18 },
    from: 'created',
    does: 'escalate',
    to: 'registration-team',
  },
];

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
