/** Routing: rules, the current directory, and one decision with its reasons. */

export type { Bilingual } from '../fhir/bilingual.ts';
export { assign } from './decision/assign.ts';
export type { Decision } from './decision/decision.ts';
export {
  decisionProvenance,
  decisionRecord,
  decisionRecordIn,
  projectDecisionRecord,
  type RecordAudience,
} from './decision/decision-record.ts';
export { explainDecision, explainDecisionRecord, explainRules } from './decision/explain.ts';
export { route } from './decision/route.ts';
export { type NamedOwner, namedOwnerOf } from './facts/named-owner.ts';
export { personFactsOf, primaryLanguage } from './facts/person.ts';
export { organizationBehind } from './facts/referrer.ts';
export { residenceOf } from './facts/residence.ts';
export { proposalParameters } from './proposal/proposal-parameters.ts';
export { type Proposal, proposePlaces } from './proposal/propose.ts';
export { compileRanking, type Ranking } from './proposal/ranking.ts';
export { compileRoutes, type Routes } from './rules/compile-routes.ts';
export type { Point } from './snapshot/distance.ts';
export type { Residence } from './snapshot/residence.ts';
export type {
  Catchment,
  DirectoryOrganization,
  DirectoryService,
  DirectorySnapshot,
  Domain,
  PostcodeRange,
  ReplicatedSource,
} from './snapshot/snapshot.ts';
export { type Municipality, snapshotInSteps, snapshotOf } from './snapshot/snapshot-index.ts';
export {
  type Availability,
  availabilityOf,
  type Capacity,
  copyAvailability,
  setAvailability,
  type WaitingTime,
  waitingTimeKey,
  withoutAvailability,
} from './waiting-time/availability.ts';
export type { Norms } from './waiting-time/norms.ts';
