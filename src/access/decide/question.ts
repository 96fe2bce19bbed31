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
  /** `partner`: its system. `person`: somebody who works for the partner, and has no more than both may. `nobody`: without a login. */
  readonly type: 'partner' | 'person' | 'nobody';
  readonly id: string;
  readonly properties: {
    /** Of the partner. */
    readonly roles: readonly RoleName[];
    readonly domain: Domain;
    /** Whether its organisation is a member of the network. */
    readonly member: boolean;
    /** Of a person, by its roles (rights.ts). */
    readonly rights?: readonly Right[];
  };
};

/**
 * What a person may, besides what its partner may.
 *
 *   use            what is the same for everybody who is logged in, and what the person sends to be judged
 *   see-envelope   that there is an order, its statuses and deliveries: ids, codes and times
 *   see-issues     findings: codes and paths
 *   see-body       contents, as far as the partner may read them
 *   act            send and move in the name of the partner
 *   operate        the work of an operator
 *   audit          the report of a person
 *   break-glass    contents that the partner may not read, for a stated reason and a short time (noodtoegang)
 */
export const rightNames = [
  ...(['use', 'see-envelope', 'see-issues', 'see-body'] as const),
  ...(['act', 'operate', 'audit', 'break-glass'] as const),
] as const;
export type Right = (typeof rightNames)[number];

export const roleNames = ['referrer', 'provider', 'social-domain', 'operator'] as const;
export type RoleName = (typeof roleNames)[number];

export const domains = ['care', 'social', 'none'] as const;
export type Domain = (typeof domains)[number];

/**
 * Interactions of FHIR and of the gateway. `act`: to send or change anything at all; each message and move is then decided on by
 * itself. `break-glass`: to begin emergency access. `hold`: a right to read that was given continues.
 */
export const actionNames = [
  ...['read', 'vread', 'history-instance', 'history-type', 'search-type', 'include'],
  ...['case', 'explain', 'project', 'propose-transfer', 'find-place', 'evaluate-measure'],
  ...['subscription-status', 'subscription-events'],
  ...['validate', 'explain-message', 'project-message', 'transform', 'transform-inline'],
  ...['see-envelope', 'see-issues', 'break-glass'],
  ...['act', 'send', 'create', 'update', 'patch', 'transition'],
  ...['silent', 'unknown-codes', 'dead-letters', 'requeue', 'skip', 'activate'],
  ...['count-deliveries', 'metrics', 'disclosures'],
  ...['messages', 'partners', 'failures', 'replays', 'hold-partner', 'note-failure', 'replay'],
  ...['own-deliveries', 'own-replay'],
  'hold',
] as const;
export type ActionName =
  | ('read' | 'vread' | 'history-instance' | 'history-type' | 'search-type' | 'include')
  | ('case' | 'explain' | 'project' | 'propose-transfer' | 'find-place' | 'evaluate-measure')
  | ('subscription-status' | 'subscription-events')
  | ('validate' | 'explain-message' | 'project-message' | 'transform' | 'transform-inline')
  | ('see-envelope' | 'see-issues' | 'break-glass')
  | ('act' | 'send' | 'create' | 'update' | 'patch' | 'transition')
  | ('silent' | 'unknown-codes' | 'dead-letters' | 'requeue' | 'skip' | 'activate')
  | ('count-deliveries' | 'metrics' | 'disclosures')
  | ('messages' | 'partners' | 'failures' | 'replays' | 'hold-partner' | 'note-failure' | 'replay')
  | ('own-deliveries' | 'own-replay')
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
  /** Emergency access to the person whom the resource is about, which was begun with a reason and has not ended. */
  readonly emergency?: 'open';
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
  | ('full' | 'reason' | 'outcome')
  | ('envelope' | 'own-envelope');

/** Code of the finding with which a refusal is answered. */
export type DenialCode =
  | ('not-found' | 'operator-only' | 'measure-members-only' | 'role-forbidden')
  | ('right-ended' | 'move-forbidden' | 'login-missing')
  | ('person-may-not-act' | 'emergency-forbidden');

export type Decision =
  | {
      readonly decision: true;
      readonly context: { readonly rule: string; readonly ground: string; readonly view: View };
    }
  | { readonly decision: false; readonly context: { readonly code: DenialCode } };
