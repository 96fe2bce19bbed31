import { daysBetween } from '../temporal.ts';
import type { WaitingTime } from './figures.ts';

/** What a network holds figures against; configuration (network.yaml), since norms and habits change. */
export type Norms = {
  /** Older than this many days, a figure is stale. */
  readonly staleAfterDays: number;
  /** Treeknorm: the longest that anybody should wait. */
  readonly intakeWeeks: number;
  readonly treatmentWeeks: number;
  readonly totalWeeks: number;
  /** A longer wait can't have been meant in weeks. */
  readonly longestWeeks: number;
};

export type Norm = 'intake' | 'treatment' | 'total';

/** The norms that a wait goes over. Computed whenever somebody asks, never stored. */
export function overNorm(
  { intakeWeeks, treatmentWeeks }: Pick<WaitingTime, 'intakeWeeks' | 'treatmentWeeks'>,
  norms: Norms,
): readonly Norm[] {
  const total = intakeWeeks !== undefined && treatmentWeeks !== undefined ? intakeWeeks + treatmentWeeks : undefined;
  const held: readonly (readonly [Norm, number | undefined, number])[] = [
    ['intake', intakeWeeks, norms.intakeWeeks],
    ['treatment', treatmentWeeks, norms.treatmentWeeks],
    ['total', total, norms.totalWeeks],
  ];
  return held.filter(([, wait, norm]) => wait !== undefined && wait > norm).map(([name]) => name);
}

export const isStale = (day: string, today: string, { staleAfterDays }: Norms): boolean =>
  daysBetween(day, today) > staleAfterDays;
