/** Measures of the network: from events to counts and MeasureReports. Pure; small counts are suppressed. */

export { daysBetween } from '../temporal.ts';
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
export { isWithin, lastDayOf, type Period, periodOf } from './period.ts';
export { measureReport } from './report.ts';
export { suppressGroups } from './suppress-groups.ts';
