/** Where a referral goes, and why: rules, the directory as it is now, and one decision with its reasons. */

export type { Bilingual } from '../fhir/bilingual.ts';
export { assign } from './assign.ts';
export { compileRoutes, type Routes } from './compile.ts';
export type { Decision } from './decision.ts';
export type { Point } from './distance.ts';
export { explainDecision, explainRecord } from './explain.ts';
export {
  type Capacity,
  type Figures,
  figureKey,
  figuresOf,
  setFigures,
  type WaitingTime,
  withFigures,
  withoutFigures,
} from './figures.ts';
export type { Residence } from './home.ts';
export type { Norms } from './norms.ts';
export { aboutPerson, primaryLanguage } from './person.ts';
export { proposalParameters } from './proposal-parameters.ts';
export { type Proposal, proposePlaces } from './propose.ts';
export { compileRanking, type Ranking } from './ranking.ts';
export {
  type Audience,
  decisionProvenance,
  decisionRecord,
  projectRecord,
  recordIn,
} from './record.ts';
export { residenceOf } from './residence.ts';
export { route } from './route.ts';
export type {
  Catchment,
  DirectoryOrganization,
  DirectoryService,
  DirectorySnapshot,
  Domain,
  HeardSource,
  PostcodeRange,
} from './snapshot.ts';
export { type Municipality, snapshotInSteps, snapshotOf } from './snapshot-index.ts';
