import type { WaitingTime } from './availability.ts';

/** The wait that somebody has to count on. */
export type ExpectedWait = {
  readonly intakeWeeks?: number;
  readonly treatmentWeeks?: number;
  readonly measuredOn: string;
  readonly methods: readonly string[];
  readonly sources: readonly string[];
  /** Whether it was measured for the group that was asked for: `general` when only figures for everybody are there. */
  readonly basis: 'group' | 'general' | 'longest-group';
};

/**
 * The figures for the group that is asked for, else those for everybody; when no group is asked for and only groups
 * have figures, those of all groups. Of these the ones measured last, and of them the longest: who is told a wait
 * must not find a longer one.
 */
export function expectedWait(figures: readonly WaitingTime[], group: string | null): ExpectedWait | undefined {
  const general = figures.filter((it) => it.group === null);
  const ofGroup = group === null ? [] : figures.filter((it) => it.group === group);
  const [basis, fitting] =
    ofGroup.length > 0
      ? (['group', ofGroup] as const)
      : general.length > 0
        ? (['general', general] as const)
        : (['longest-group', group === null ? figures : []] as const);
  const measuredOn = fitting
    .map((it) => it.measuredOn)
    .sort()
    .at(-1);
  if (!measuredOn) return undefined;
  const latest = fitting.filter((it) => it.measuredOn === measuredOn);
  const longest = (of: 'intakeWeeks' | 'treatmentWeeks') => {
    const told = latest.flatMap((it) => it[of] ?? []);
    return told.length > 0 ? { [of]: Math.max(...told) } : {};
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
