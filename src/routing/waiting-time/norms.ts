import { daysBetween } from '../../temporal.ts';
import type { WaitingTime } from './availability.ts';

/** Norms for waiting times; configuration (network.yaml), since they change and differ per source. */
export type Norms = {
  /** A waiting time older than this number of days is stale. */
  readonly staleAfterDays: number;
  /** Treeknorm: the maximum acceptable waiting time. */
  readonly intakeWeeks: number;
  readonly treatmentWeeks: number;
  readonly totalWeeks: number;
  /** A longer waiting time cannot have been meant in weeks. */
  readonly longestWeeks: number;
};

export type Norm = 'intake' | 'treatment' | 'total';

/** The norms that a waiting time exceeds. Calculated on request, never stored. */
export function overNorm(
  { intakeWeeks, treatmentWeeks }: Pick<WaitingTime, 'intakeWeeks' | 'treatmentWeeks'>,
  norms: Norms,
): readonly Norm[] {
  const total = intakeWeeks !== undefined && treatmentWeeks !== undefined ? intakeWeeks + treatmentWeeks : undefined;
  const compared: readonly (readonly [Norm, number | undefined, number])[] = [
    ['intake', intakeWeeks, norms.intakeWeeks],
    ['treatment', treatmentWeeks, norms.treatmentWeeks],
    ['total', total, norms.totalWeeks],
  ];
  return compared.filter(([, wait, norm]) => wait !== undefined && wait > norm).map(([name]) => name);
}

export const isStale = (day: string, today: string, { staleAfterDays }: Norms): boolean =>
  daysBetween(day, today) > staleAfterDays;
