/**
 * The question and the answer of an access decision, in the form of AuthZEN
 * (https://openid.net/specs/authorization-api-1_0.html): plain data, from which the decision follows and nothing else.
 */
export type Question = {
  readonly subject: Subject;
  readonly action: { readonly name: ActionName };
  readonly resource: Resource;
  readonly context: Context;
};

export type Subject = {
  /** `nobody`: without a login. */
  readonly type: 'partner' | 'nobody';
  readonly id: string;
  readonly properties: {
    readonly roles: readonly RoleName[];
    readonly domain: Domain;
    /** Whether its organisation is a member of the network. */
    readonly member: boolean;
  };
};

export const roleNames = ['referrer', 'provider', 'social-domain', 'operator'] as const;
export type RoleName = (typeof roleNames)[number];

export const domains = ['care', 'social', 'none'] as const;
export type Domain = (typeof domains)[number];

/** Interactions of FHIR and of the gateway; `hold`: a right to read that was given continues. */
export const actionNames = [
  ...['read', 'vread', 'history-instance', 'history-type', 'search-type', 'include'],
  ...['case', 'explain', 'propose-transfer', 'find-place', 'evaluate-measure'],
  ...['subscription-status', 'subscription-events'],
  ...['validate', 'explain-message', 'transform', 'transform-inline'],
  ...['send', 'create', 'update', 'patch', 'transition'],
  ...[
    'silent',
    'unknown-codes',
    'dead-letters',
    'requeue',
    'skip',
    'activate',
    'count-deliveries',
    'metrics',
    'disclosures',
  ],
  'hold',
] as const;
export type ActionName =
  | ('read' | 'vread' | 'history-instance' | 'history-type' | 'search-type' | 'include')
  | ('case' | 'explain' | 'propose-transfer' | 'find-place' | 'evaluate-measure')
  | ('subscription-status' | 'subscription-events')
  | ('validate' | 'explain-message' | 'transform' | 'transform-inline')
  | ('send' | 'create' | 'update' | 'patch' | 'transition')
  | ('silent' | 'unknown-codes' | 'dead-letters' | 'requeue' | 'skip' | 'activate')
  | ('count-deliveries' | 'metrics' | 'disclosures')
  | 'hold';

/**
 * `record`: a resource of a journey that is no Task. `draft`: what the subject itself sends to be judged, and is not
 * stored. `operation`: the work of an operator. `report`: a Measure of the network, without persons.
 */
export const resourceKinds = [
  ...(['task', 'record', 'directory', 'published', 'subscription'] as const),
  ...(['message', 'draft', 'report', 'operation'] as const),
] as const;
export type ResourceKind = (typeof resourceKinds)[number];

export type Resource = {
  readonly type: ResourceKind;
  readonly id?: string;
  readonly properties: { readonly relation: Relation };
};

/**
 * What the subject is to a resource.
 *
 *   unread      not looked up yet: each resource that is found is decided on by itself
 *   none        nothing that is recorded
 *   sender      it sent the resource
 *   owner       its service carries out the Task, or did
 *   candidate   its service is asked whether it could, and it may not know for whom
 *   ended       its Task ended without having been carried out
 *   disclosed   it was disclosed to the subject, and the right to read it has not ended
 *   own         a Subscription of its own, or a service of its own in the directory
 */
export const relations = ['unread', 'none', 'sender', 'owner', 'candidate', 'ended', 'disclosed', 'own'] as const;
export type Relation = (typeof relations)[number];

/** What a decision depends on besides. Absent: not known, which permits nothing that depends on it. */
export type Context = {
  /** Roles that may send a message of this kind. */
  readonly senders?: readonly RoleName[];
  /** Whether the subject may read the person of the order. */
  readonly person?: 'readable' | 'unreadable';
  /** How far the Task got on which a right to read rests. */
  readonly task?: TaskState;
  /** What the explicit consent says now on which a right to read rests. */
  readonly consent?: 'permit' | 'deny';
};

/** `begun`: carried out in part or entirely. */
export const taskStates = ['open', 'begun', 'ended-before-start'] as const;
export type TaskState = (typeof taskStates)[number];

/**
 * How much of a resource is shown; the projection itself is that of the disclosure. `nothing`: the subject may ask, and
 * each resource that is found is decided on by itself.
 */
export type View =
  | 'nothing'
  | ('whole' | 'without-owner-marks' | 'candidate' | 'without-ground' | 'social')
  | ('full' | 'reason' | 'outcome');

/** Code of the finding with which a refusal is answered. */
export type DenialCode =
  | ('not-found' | 'operator-only' | 'measure-members-only' | 'role-forbidden')
  | ('right-ended' | 'move-forbidden' | 'login-missing');

export type Decision =
  | {
      readonly decision: true;
      readonly context: { readonly rule: string; readonly ground: string; readonly view: View };
    }
  | { readonly decision: false; readonly context: { readonly code: DenialCode } };
