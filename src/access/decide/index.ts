export type { ActionName, Decision, Relation, ResourceKind, Right } from './question.ts';
export { rightsOf } from './rights.ts';
export { mayHold, mayPartner } from './subject.ts';
