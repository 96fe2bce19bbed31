/** Figures of the network: what happened in, counts and reports out. Pure; nothing small is told. */

export { daysBetween } from '../temporal.ts';
export { figuresCsv } from './csv.ts';
export type { Fact, Facts, Rejection, WaitingFact } from './facts.ts';
export {
  askedUseCases,
  countFigure,
  type FigureName,
  ggzServices,
  isFigure,
  type Lists,
  settledOutcomes,
} from './figures.ts';
export { isWithin, lastDayOf, type Period, periodOf } from './period.ts';
export { measureReport } from './report.ts';
export { tellGroups } from './told.ts';
