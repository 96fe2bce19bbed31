import type { ActionName, Context, Domain, Relation, ResourceKind, Right, RoleName, View } from './question.ts';

/** A rule permits when all that it states holds; a list is met by any of its members. What no rule permits is denied. */
export type Rule = {
  readonly rule: string;
  /** Why it is permitted: what a decision says, and the generated page. */
  readonly ground: string;
  readonly actions: readonly ActionName[];
  readonly resources: readonly ResourceKind[];
  readonly relations: readonly Relation[];
  readonly roles?: readonly RoleName[];
  readonly domains?: readonly Domain[];
  readonly member?: true;
  /** One of the roles of the subject is among the senders of the context. */
  readonly isSender?: true;
  readonly person?: Context['person'];
  readonly task?: readonly NonNullable<Context['task']>[];
  readonly consent?: Context['consent'];
  readonly emergency?: Context['emergency'];
  /** A person needs this right besides; without one the rule is for systems of partners only. */
  readonly right?: Right;
  /** For people only. */
  readonly only?: 'person';
  readonly view: View;
};

export const readings: readonly ActionName[] = ['read', 'vread', 'history-instance', 'search-type', 'include'];
export const instances: readonly ActionName[] = ['read', 'vread', 'history-instance'];
export const moves: readonly ActionName[] = ['update', 'patch', 'transition'];
export const operations: readonly ActionName[] = [
  ...(['silent', 'unknown-codes', 'dead-letters', 'requeue', 'skip', 'activate'] as const),
  ...(['count-deliveries', 'metrics', 'transform-inline'] as const),
  ...(['messages', 'partners', 'failures', 'replays', 'hold-partner', 'note-failure', 'replay'] as const),
];
export const ofOrder: readonly ActionName[] = ['case', 'explain', 'project', 'propose-transfer'];
export const readers: readonly Relation[] = ['sender', 'owner', 'disclosed'];
/** Nothing was looked up yet, or nothing of others is looked at. */
export const unread: readonly Relation[] = ['unread'];

/** Whatever the operator is to a resource, or before it is looked up. */
export const everyRelation: readonly Relation[] = [
  'unread',
  'none',
  'sender',
  'owner',
  'candidate',
  'ended',
  'disclosed',
];
