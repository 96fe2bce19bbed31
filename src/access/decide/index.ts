export type { ActionName, Decision, Relation, ResourceKind } from './question.ts';
export { mayHold, mayPartner } from './subject.ts';
