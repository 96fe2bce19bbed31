import type { WaitingTime } from './availability.ts';

/** The waiting time to expect. */
export type ExpectedWait = {
  readonly intakeWeeks?: number;
  readonly treatmentWeeks?: number;
  readonly measuredOn: string;
  readonly methods: readonly string[];
  readonly sources: readonly string[];
  /** Whether it was measured for the requested group; `general` when only a figure for all groups exists. */
  readonly basis: 'group' | 'general' | 'longest-group';
};

/**
 * The waiting time for the requested group, else for all groups; without a requested group and without a general
 * figure, over every group. Uses the most recent measurements, and of these the longest, so that the actual wait is not
 * longer than reported.
 */
export function expectedWait(waitingTimes: readonly WaitingTime[], group: string | null): ExpectedWait | undefined {
  const general = waitingTimes.filter((it) => it.group === null);
  const ofGroup = group === null ? [] : waitingTimes.filter((it) => it.group === group);
  const [basis, fitting] =
    ofGroup.length > 0
      ? (['group', ofGroup] as const)
      : general.length > 0
        ? (['general', general] as const)
        : (['longest-group', group === null ? waitingTimes : []] as const);
  const measuredOn = fitting
    .map((it) => it.measuredOn)
    .sort()
    .at(-1);
  if (!measuredOn) return undefined;
  const latest = fitting.filter((it) => it.measuredOn === measuredOn);
  const longest = (of: 'intakeWeeks' | 'treatmentWeeks') => {
    const reported = latest.flatMap((it) => it[of] ?? []);
    return reported.length > 0 ? { [of]: Math.max(...reported) } : {};
  };
  return {
    ...longest('intakeWeeks'),
    ...longest('treatmentWeeks'),
    measuredOn,
    methods: [...new Set(latest.map(({ method }) => method))].sort(),
    sources: [...new Set(latest.map(({ source }) => source))].sort(),
    basis,
  };
}
