import type { HealthcareService } from '@medplum/fhirtypes';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import {
  availabilityOf,
  type Capacity,
  type Norms,
  type WaitingTime,
  waitingTimeKey,
  withoutAvailability,
} from '../../routing/index.ts';

type Day = { readonly today: string; readonly norms: Norms };

/**
 * Issues that no profile detects: dates in the future, days entered as weeks, measurements older than the current ones.
 */
export function availabilityIssues(
  before: HealthcareService,
  after: HealthcareService,
  { today, norms }: Day,
): Issue[] {
  const [known, reported] = [availabilityOf(before), availabilityOf(after)];
  const place = { expression: 'HealthcareService.extension' };
  const seen = new Set<string>();
  return [
    ...reported.waitingTimes.flatMap((it) => {
      const again = seen.has(waitingTimeKey(it));
      seen.add(waitingTimeKey(it));
      return [
        ...(again ? [issue('waiting-time-duplicate', {}, place)] : []),
        ...waitingTimeIssues(it, known.waitingTimes, { today, norms }).map((rule) =>
          rule === 'waiting-time-above-maximum'
            ? issue(rule, { longest: norms.longestWeeks }, place)
            : issue(rule, {}, place),
        ),
      ];
    }),
    ...(reported.capacity
      ? capacityIssues(reported.capacity, known.capacity, today).map((rule) => issue(rule, {}, place))
      : []),
  ];
}

export const waitingTimeIssues = (
  it: WaitingTime,
  known: readonly WaitingTime[],
  { today, norms }: Day,
): ('waiting-time-future' | 'waiting-time-above-maximum' | 'waiting-time-outdated')[] => {
  const weeks = Math.max(it.intakeWeeks ?? 0, it.treatmentWeeks ?? 0);
  const same = known.find((one) => waitingTimeKey(one) === waitingTimeKey(it));
  return [
    ...(it.measuredOn > today ? ['waiting-time-future' as const] : []),
    ...(weeks > norms.longestWeeks ? ['waiting-time-above-maximum' as const] : []),
    ...(same && it.measuredOn < same.measuredOn ? ['waiting-time-outdated' as const] : []),
  ];
};

export const capacityIssues = (
  it: Capacity,
  known: Capacity | undefined,
  today: string,
): ('waiting-time-future' | 'waiting-time-outdated')[] => [
  ...(it.assessedOn > today ? ['waiting-time-future' as const] : []),
  ...(known && it.assessedOn < known.assessedOn ? ['waiting-time-outdated' as const] : []),
];

/**
 * Names of the elements, other than waiting times and capacity, that differ between two versions of a service; meta is
 * set by the server.
 */
export function otherDifferences(before: HealthcareService, after: HealthcareService): string[] {
  const [known, reported] = [elements(before), elements(after)];
  return [...new Set([...Object.keys(known), ...Object.keys(reported)])].filter(
    (name) => canonicalJson(known[name]) !== canonicalJson(reported[name]),
  );
}

function elements(service: HealthcareService): Readonly<Record<string, unknown>> {
  const { meta: _, ...others } = withoutAvailability(service);
  return others as unknown as Readonly<Record<string, unknown>>;
}
