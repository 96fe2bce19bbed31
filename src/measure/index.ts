/** Figures of the network: what happened in, counts and reports out. Pure; nothing small is told. */
export { measureCsv } from './csv.ts';
export type { Fact, Facts, Rejection, WaitingFact } from './facts.ts';
export {
  countMeasure,
  ggzServices,
  isMeasureName,
  type Lists,
  type MeasureName,
  requestUseCases,
  settledOutcomes,
} from './measures.ts';
export { daysBetween, isWithin, lastDayOf, type Period, periodOf } from './period.ts';
export { measureReport } from './report.ts';
export { suppressGroups } from './suppress-groups.ts';
