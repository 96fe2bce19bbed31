import type {
  ActionName,
  Context,
  DenialCode,
  Domain,
  Relation,
  ResourceKind,
  Right,
  RoleName,
  View,
} from './question.ts';

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

const readings: readonly ActionName[] = ['read', 'vread', 'history-instance', 'search-type', 'include'];
const instances: readonly ActionName[] = ['read', 'vread', 'history-instance'];
const moves: readonly ActionName[] = ['update', 'patch', 'transition'];
const operations: readonly ActionName[] = [
  ...(['silent', 'unknown-codes', 'dead-letters', 'requeue', 'skip', 'activate'] as const),
  ...(['count-deliveries', 'metrics', 'transform-inline'] as const),
  ...(['messages', 'partners', 'failures', 'replays', 'hold-partner', 'note-failure', 'replay'] as const),
];
const ofOrder: readonly ActionName[] = ['case', 'explain', 'project', 'propose-transfer'];
const readers: readonly Relation[] = ['sender', 'owner', 'disclosed'];
/** Nothing was looked up yet, or nothing of others is looked at. */
const unread: readonly Relation[] = ['unread'];

/** Whatever the operator is to a resource, or before it is looked up. */
const everyRelation: readonly Relation[] = ['unread', 'none', 'sender', 'owner', 'candidate', 'ended', 'disclosed'];

/** Every permission of the gateway, in order: the first that applies decides how much is shown. */
export const rules: readonly Rule[] = [
  {
    rule: 'ask',
    ground: 'A partner may ask: each resource that is found is decided on by itself.',
    actions: readings,
    resources: ['task', 'record', 'subscription'],
    relations: unread,
    right: 'see-body',
    view: 'nothing',
  },
  {
    rule: 'ask-about-order',
    ground: 'A partner may ask: an order that it may not read is not found.',
    actions: ofOrder,
    resources: ['record'],
    relations: unread,
    right: 'see-body',
    view: 'nothing',
  },
  {
    rule: 'task-of-owner',
    ground: 'Its service carries out the Task.',
    actions: readings,
    resources: ['task'],
    relations: ['owner'],
    right: 'see-body',
    view: 'whole',
  },
  {
    rule: 'task-of-candidate',
    ground: 'Its service is asked whether it could; it may not know for whom.',
    actions: readings,
    resources: ['task'],
    relations: ['candidate'],
    right: 'see-body',
    view: 'candidate',
  },
  {
    rule: 'task-ended',
    ground: 'Its Task ended without being carried out: how it ended, not what it was about.',
    actions: readings,
    resources: ['task'],
    relations: ['ended'],
    right: 'see-body',
    view: 'without-ground',
  },
  {
    rule: 'task-in-the-social-domain',
    ground: 'The social domain follows its Task, and does not read what care writes in it.',
    actions: readings,
    resources: ['task'],
    relations: ['sender', 'disclosed'],
    domains: ['social'],
    right: 'see-body',
    view: 'social',
  },
  {
    rule: 'task-followed',
    ground: 'It sent the Task, or the Task was disclosed to it; the marks are for its owner.',
    actions: readings,
    resources: ['task'],
    relations: ['sender', 'disclosed'],
    domains: ['care', 'none'],
    right: 'see-body',
    view: 'without-owner-marks',
  },
  {
    rule: 'record',
    ground: 'It sent the resource, or it was disclosed to it and the right to read it has not ended.',
    actions: readings,
    resources: ['record'],
    relations: readers,
    right: 'see-body',
    view: 'whole',
  },
  {
    rule: 'journey-of-order',
    ground: 'It may read the order; each resource of its journey is decided on by itself.',
    actions: ['case', 'propose-transfer'],
    resources: ['record'],
    relations: readers,
    right: 'see-body',
    view: 'whole',
  },
  {
    rule: 'projection-of-own-order',
    ground: 'It sent the order: what a recipient would get of what it may read itself.',
    actions: ['project'],
    resources: ['record'],
    relations: ['sender'],
    right: 'see-body',
    view: 'whole',
  },
  {
    rule: 'reasons-without-person',
    ground: 'It may read the order, but not whom it is about: who was chosen, not why.',
    actions: ['explain'],
    resources: ['record'],
    relations: readers,
    person: 'unreadable',
    right: 'see-body',
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
    right: 'see-body',
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
    right: 'see-body',
    view: 'full',
  },
  {
    rule: 'directory',
    ground: 'The directory is the same for every partner and contains no persons who need help.',
    actions: [...readings, 'history-type', 'find-place'],
    resources: ['directory'],
    relations: ['unread', 'none', 'own'],
    right: 'use',
    view: 'whole',
  },
  {
    rule: 'published',
    ground: 'What the gateway publishes is the same for every partner.',
    actions: [...readings, 'history-type'],
    resources: ['published'],
    relations: unread,
    right: 'use',
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
    actions: ['validate', 'explain-message', 'project-message', 'transform'],
    resources: ['draft'],
    relations: unread,
    right: 'use',
    view: 'full',
  },
  {
    rule: 'report-of-member',
    ground: 'Its organisation is a member of the network; small counts are masked.',
    actions: ['evaluate-measure'],
    resources: ['report'],
    relations: unread,
    member: true,
    right: 'use',
    view: 'whole',
  },
  {
    rule: 'operate',
    ground: 'The work of an operator, without content.',
    actions: operations,
    resources: ['operation'],
    relations: unread,
    roles: ['operator'],
    right: 'operate',
    view: 'whole',
  },
  {
    rule: 'own-deliveries',
    ground: 'How its own deliveries fare, without content: nothing of another partner.',
    actions: ['own-deliveries'],
    resources: ['operation'],
    relations: unread,
    right: 'see-envelope',
    view: 'own-envelope',
  },
  {
    rule: 'own-replay',
    ground: 'What failed to reach it is sent to it again, and a test message.',
    actions: ['own-replay'],
    resources: ['operation'],
    relations: unread,
    right: 'act',
    view: 'own-envelope',
  },
  {
    rule: 'report-of-person',
    ground: 'The auditor of the network prepares the report for the person, on behalf of that person.',
    actions: ['disclosures'],
    resources: ['operation'],
    relations: unread,
    roles: ['operator'],
    right: 'audit',
    view: 'whole',
  },
  {
    rule: 'envelope-of-network',
    ground: 'The operator sees which messages go where: ids, codes and times, without content.',
    actions: ['see-envelope'],
    resources: ['record'],
    relations: everyRelation,
    roles: ['operator'],
    right: 'see-envelope',
    view: 'envelope',
  },
  {
    rule: 'issues-of-network',
    ground: 'The operator sees why messages were refused: codes, without content.',
    actions: ['see-issues'],
    resources: ['record'],
    relations: everyRelation,
    roles: ['operator'],
    right: 'see-issues',
    view: 'envelope',
  },
  {
    rule: 'own-envelope',
    ground: 'Its partner may read the order: of its Tasks and deliveries those that are its own.',
    actions: ['see-envelope'],
    resources: ['record'],
    relations: [...unread, ...readers],
    right: 'see-envelope',
    view: 'own-envelope',
  },
  {
    rule: 'own-issues',
    ground: 'Its partner may read the order: the findings of what it sent and received itself.',
    actions: ['see-issues'],
    resources: ['record'],
    relations: [...unread, ...readers],
    right: 'see-issues',
    view: 'own-envelope',
  },
  {
    rule: 'begin-emergency',
    ground: 'Emergency access for care or operation: with a reason, for a short time, and listed for the person.',
    actions: ['break-glass'],
    resources: ['record'],
    relations: unread,
    domains: ['care', 'none'],
    right: 'break-glass',
    only: 'person',
    view: 'nothing',
  },
  {
    rule: 'emergency',
    ground: 'Emergency access to this person was begun with a reason and has not ended.',
    actions: instances,
    resources: ['task', 'record'],
    relations: ['none'],
    domains: ['care', 'none'],
    emergency: 'open',
    right: 'break-glass',
    only: 'person',
    view: 'whole',
  },
  {
    rule: 'act',
    ground: 'A partner may send: each message and each move is decided on by itself.',
    actions: ['act'],
    resources: ['message'],
    relations: unread,
    right: 'act',
    view: 'nothing',
  },
  {
    rule: 'send',
    ground: 'Its role may send messages of this kind.',
    actions: ['send'],
    resources: ['message'],
    relations: unread,
    isSender: true,
    right: 'act',
    view: 'whole',
  },
  {
    rule: 'move-task',
    ground: 'It is a party to the Task: the state machine says which moves are its own.',
    actions: moves,
    resources: ['task'],
    relations: ['sender', 'owner', 'candidate', 'ended'],
    right: 'act',
    view: 'whole',
  },
  {
    rule: 'change-own-record',
    ground: 'It sent the resource.',
    actions: moves,
    resources: ['record'],
    relations: ['sender'],
    right: 'act',
    view: 'whole',
  },
  {
    rule: 'change-own-service',
    ground: 'The service is its own.',
    actions: ['update'],
    resources: ['directory'],
    relations: ['own'],
    right: 'act',
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
  { actions: [...operations, 'disclosures'], code: 'operator-only' },
  { actions: ['evaluate-measure'], code: 'measure-members-only' },
  { actions: ['act'], code: 'person-may-not-act' },
  { actions: ['break-glass'], code: 'emergency-forbidden' },
  { actions: ['send'], code: 'role-forbidden' },
  { actions: moves, code: 'move-forbidden' },
  { actions: ['hold'], code: 'right-ended' },
  { actions: [...instances, ...readings, ...ofOrder, 'see-envelope', 'see-issues'], code: 'not-found' },
];
