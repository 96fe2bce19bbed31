export { decide } from './decide.ts';
export type { ActionName, Context, Decision, Question, Relation, ResourceKind, RoleName, Subject } from './question.ts';
export { mayHold, mayPartner, subjectOf } from './subject.ts';
