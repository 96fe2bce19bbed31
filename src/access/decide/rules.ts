import type { ActionName, Context, DenialCode, Domain, Relation, ResourceKind, RoleName, View } from './question.ts';

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
  readonly view: View;
};

const readings: readonly ActionName[] = ['read', 'vread', 'history-instance', 'search-type', 'include'];
const instances: readonly ActionName[] = ['read', 'vread', 'history-instance'];
const moves: readonly ActionName[] = ['update', 'patch', 'transition'];
const operations: readonly ActionName[] = [
  ...(['silent', 'unknown-codes', 'dead-letters', 'requeue', 'skip', 'activate'] as const),
  ...(['count-deliveries', 'metrics', 'transform-inline', 'disclosures'] as const),
];
const ofOrder: readonly ActionName[] = ['case', 'explain', 'propose-transfer'];
const readers: readonly Relation[] = ['sender', 'owner', 'disclosed'];
/** Nothing was looked up yet, or nothing of others is looked at. */
const unread: readonly Relation[] = ['unread'];

/** Every permission of the gateway, in order: the first that applies decides how much is shown. */
export const rules: readonly Rule[] = [
  {
    rule: 'ask',
    ground: 'A partner may ask: each resource that is found is decided on by itself.',
    actions: readings,
    resources: ['task', 'record', 'subscription'],
    relations: unread,
    view: 'nothing',
  },
  {
    rule: 'ask-about-order',
    ground: 'A partner may ask: an order that it may not read is not found.',
    actions: ofOrder,
    resources: ['record'],
    relations: unread,
    view: 'nothing',
  },
  {
    rule: 'task-of-owner',
    ground: 'Its service carries out the Task.',
    actions: readings,
    resources: ['task'],
    relations: ['owner'],
    view: 'whole',
  },
  {
    rule: 'task-of-candidate',
    ground: 'Its service is asked whether it could; it may not know for whom.',
    actions: readings,
    resources: ['task'],
    relations: ['candidate'],
    view: 'candidate',
  },
  {
    rule: 'task-ended',
    ground: 'Its Task ended without being carried out: how it ended, not what it was about.',
    actions: readings,
    resources: ['task'],
    relations: ['ended'],
    view: 'without-ground',
  },
  {
    rule: 'task-in-the-social-domain',
    ground: 'The social domain follows its Task, and does not read what care writes in it.',
    actions: readings,
    resources: ['task'],
    relations: ['sender', 'disclosed'],
    domains: ['social'],
    view: 'social',
  },
  {
    rule: 'task-followed',
    ground: 'It sent the Task, or the Task was disclosed to it; the marks are for its owner.',
    actions: readings,
    resources: ['task'],
    relations: ['sender', 'disclosed'],
    domains: ['care', 'none'],
    view: 'without-owner-marks',
  },
  {
    rule: 'record',
    ground: 'It sent the resource, or it was disclosed to it and the right to read it has not ended.',
    actions: readings,
    resources: ['record'],
    relations: readers,
    view: 'whole',
  },
  {
    rule: 'journey-of-order',
    ground: 'It may read the order; each resource of its journey is decided on by itself.',
    actions: ['case', 'propose-transfer'],
    resources: ['record'],
    relations: readers,
    view: 'whole',
  },
  {
    rule: 'reasons-without-person',
    ground: 'It may read the order, but not whom it is about: who was chosen, not why.',
    actions: ['explain'],
    resources: ['record'],
    relations: readers,
    person: 'unreadable',
    view: 'outcome',
  },
  {
    rule: 'reasons-for-the-social-domain',
    ground: 'It may read the order and its person: the reason, not what care knows.',
    actions: ['explain'],
    resources: ['record'],
    relations: readers,
    person: 'readable',
    domains: ['social'],
    view: 'reason',
  },
  {
    rule: 'reasons',
    ground: 'It may read the order and its person.',
    actions: ['explain'],
    resources: ['record'],
    relations: readers,
    person: 'readable',
    domains: ['care', 'none'],
    view: 'full',
  },
  {
    rule: 'directory',
    ground: 'The directory is the same for every partner and contains no persons who need help.',
    actions: [...readings, 'history-type', 'find-place'],
    resources: ['directory'],
    relations: ['unread', 'none', 'own'],
    view: 'whole',
  },
  {
    rule: 'published',
    ground: 'What the gateway publishes is the same for every partner.',
    actions: [...readings, 'history-type'],
    resources: ['published'],
    relations: unread,
    view: 'whole',
  },
  {
    rule: 'own-subscription',
    ground: 'A Subscription of its own.',
    actions: [...readings, 'subscription-status', 'subscription-events', 'update'],
    resources: ['subscription'],
    relations: ['own'],
    view: 'whole',
  },
  {
    rule: 'ask-of-subscription',
    ground: 'A partner may ask: a Subscription of another is not found.',
    actions: ['subscription-status', 'subscription-events', 'create', 'update'],
    resources: ['subscription'],
    relations: unread,
    view: 'nothing',
  },
  {
    rule: 'draft',
    ground: 'What a partner sends to be judged is its own, and not stored.',
    actions: ['validate', 'explain-message', 'transform'],
    resources: ['draft'],
    relations: unread,
    view: 'full',
  },
  {
    rule: 'report-of-member',
    ground: 'Its organisation is a member of the network; small counts are masked.',
    actions: ['evaluate-measure'],
    resources: ['report'],
    relations: unread,
    member: true,
    view: 'whole',
  },
  {
    rule: 'operate',
    ground: 'The work of an operator, without content.',
    actions: operations,
    resources: ['operation'],
    relations: unread,
    roles: ['operator'],
    view: 'whole',
  },
  {
    rule: 'send',
    ground: 'Its role may send messages of this kind.',
    actions: ['send'],
    resources: ['message'],
    relations: unread,
    isSender: true,
    view: 'whole',
  },
  {
    rule: 'move-task',
    ground: 'It is a party to the Task: the state machine says which moves are its own.',
    actions: moves,
    resources: ['task'],
    relations: ['sender', 'owner', 'candidate', 'ended'],
    view: 'whole',
  },
  {
    rule: 'change-own-record',
    ground: 'It sent the resource.',
    actions: moves,
    resources: ['record'],
    relations: ['sender'],
    view: 'whole',
  },
  {
    rule: 'change-own-service',
    ground: 'The service is its own.',
    actions: ['update'],
    resources: ['directory'],
    relations: ['own'],
    view: 'whole',
  },
  {
    rule: 'hold-as-sender',
    ground: 'It sent an order of the journey.',
    actions: ['hold'],
    resources: ['record'],
    relations: ['sender'],
    view: 'whole',
  },
  {
    rule: 'hold-as-owner',
    ground: 'Its Task goes on, or was carried out at least in part: it has treated the person, and keeps a record.',
    actions: ['hold'],
    resources: ['record'],
    relations: ['owner'],
    task: ['open', 'begun'],
    view: 'whole',
  },
  {
    rule: 'hold-on-consent',
    ground: 'The explicit consent on which it was disclosed permits it now.',
    actions: ['hold'],
    resources: ['record'],
    relations: ['disclosed'],
    consent: 'permit',
    view: 'whole',
  },
];

/** How a refusal is answered: the first that applies. What may not be read is not found. */
export const denials: readonly { readonly actions: readonly ActionName[]; readonly code: DenialCode }[] = [
  { actions: operations, code: 'operator-only' },
  { actions: ['evaluate-measure'], code: 'measure-members-only' },
  { actions: ['send'], code: 'role-forbidden' },
  { actions: moves, code: 'move-forbidden' },
  { actions: ['hold'], code: 'right-ended' },
  { actions: [...instances, ...readings, ...ofOrder], code: 'not-found' },
];
