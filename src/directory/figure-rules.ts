import type { HealthcareService } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { type Capacity, figureKey, figuresOf, type Norms, type WaitingTime, withoutFigures } from '../routing/index.ts';

type Day = { readonly today: string; readonly norms: Norms };

/** What of new figures no profile can see: days that are yet to come, weeks that are days, figures before those we have. */
export function figureIssues(before: HealthcareService, after: HealthcareService, { today, norms }: Day): Issue[] {
  const [known, told] = [figuresOf(before), figuresOf(after)];
  const place = { expression: 'HealthcareService.extension' };
  const seen = new Set<string>();
  return [
    ...told.waitingTimes.flatMap((it) => {
      const again = seen.has(figureKey(it));
      seen.add(figureKey(it));
      return [
        ...(again ? [issue('waiting-time-duplicate', {}, place)] : []),
        ...waitingTimeIssues(it, known.waitingTimes, { today, norms }).map((rule) =>
          rule === 'waiting-time-above-maximum'
            ? issue(rule, { longest: norms.longestWeeks }, place)
            : issue(rule, {}, place),
        ),
      ];
    }),
    ...(told.capacity
      ? capacityIssues(told.capacity, known.capacity, today).map((rule) => issue(rule, {}, place))
      : []),
  ];
}

export const waitingTimeIssues = (
  it: WaitingTime,
  known: readonly WaitingTime[],
  { today, norms }: Day,
): ('waiting-time-future' | 'waiting-time-above-maximum' | 'waiting-time-outdated')[] => {
  const weeks = Math.max(it.intakeWeeks ?? 0, it.treatmentWeeks ?? 0);
  const same = known.find((one) => figureKey(one) === figureKey(it));
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

/** Names of the elements, besides its figures, in which two versions of a service differ; meta is the server's. */
export function otherDifferences(before: HealthcareService, after: HealthcareService): string[] {
  const [known, told] = [elements(before), elements(after)];
  return [...new Set([...Object.keys(known), ...Object.keys(told)])].filter(
    (name) => canonicalJson(known[name]) !== canonicalJson(told[name]),
  );
}

function elements(service: HealthcareService): Readonly<Record<string, unknown>> {
  const { meta: _, ...others } = withoutFigures(service);
  return others as unknown as Readonly<Record<string, unknown>>;
}
