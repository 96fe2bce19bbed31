/** Names and demands of the public guides. Every demand has the file and commit where it was read. */

export const URA = 'http://fhir.nl/fhir/NamingSystem/ura';
export const BSN = 'http://fhir.nl/fhir/NamingSystem/bsn';
export const URA_ASSIGNER = 'urn:oid:2.16.528.1.1007.3.3';
export const TASK_CODE = 'http://hl7.org/fhir/CodeSystem/task-code';
export const TA = 'https://fhir.twiin.nl/ig/workflow/CodeSystem/ta-workflow';
export const CUSTODIAN = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';
const WORKFLOW_PROFILE = 'https://fhir.twiin.nl/ig/workflow/StructureDefinition/';
export const PROFILE = {
  coordination: `${WORKFLOW_PROFILE}twiin-coordination-task`,
  cancellation: `${WORKFLOW_PROFILE}twiin-cancellation-request-task`,
  withdrawal: `${WORKFLOW_PROFILE}twiin-authorization-cancellation-request-task`,
  order: `${WORKFLOW_PROFILE}twiin-workflow-servicerequest`,
  subscription: `${WORKFLOW_PROFILE}twiin-workflow-subscription`,
};
const BACKPORT = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/';
export const EXTENSION = {
  filter: `${BACKPORT}backport-filter-criteria`,
  content: `${BACKPORT}backport-payload-content`,
  heartbeat: `${BACKPORT}backport-heartbeat-period`,
};
export const STATUS_PROFILE = `${BACKPORT}backport-subscription-status-r4`;
export const NOTIFICATION_PROFILE = `${BACKPORT}backport-subscription-notification-r4`;

export interface Demand {
  text: string;
  source: string;
}

const W = (file: string, commit: string): string => `TwiinNL/ig-workflow@${commit} ${file}`;
const N = (file: string, commit: string): string => `TwiinNL/ig-notifications@${commit} ${file}`;
const C = (file: string, commit: string): string => `HL7/fhir-cow-ig@${commit} ${file}`;
const coordination = W('input/fsh/profile-coordination-task.fsh', '33710349');
const capability = W('input/fsh/capabilitystatement-placer-server.fsh', '8ba8a803');
const behaviour = W('input/pagecontent/requirements-not-in-artifacts.md', '8ba8a803');
const examples = W('input/fsh/examples.fsh', '1b125b19');
const states = C('input/pagecontent/workflow-state-overview.md', '05f02d6a');
const withdrawal = W('input/fsh/profile-authorization-cancellation-request-task.fsh', '1b125b19');
const status = N('input/fsh/profile-subscription-status.fsh', '3cf7d12f');
const notification = N('input/fsh/profile-subscription-notification.fsh', '45099cf2');
const subscriptionServer = N('input/fsh/capabilitystatement-server.fsh', '45099cf2');

export const DEMANDS = {
  order: {
    text: 'An order in the Twiin form (ServiceRequest with instantiatesCanonical, Coordination Task) is taken',
    source: `${coordination}; ${W('input/fsh/profile-workflow-servicerequest.fsh', '8ba8a803')}`,
  },
  requested: {
    text: 'A Coordination Task starts as requested and keeps its own identifier',
    source: `${behaviour}; ${C('input/fsh/profiles/all.fsh', '71f5e907')}`,
  },
  single: { text: 'One fulfiller: code fulfill and for are there from creation', source: examples },
  read: { text: 'Task, ServiceRequest and Patient can be read', source: capability },
  search: {
    text: 'Task search on owner:identifier, requester:identifier, focus, code, intent, status, business-status, _lastUpdated',
    source: capability,
  },
  patch: { text: 'The owner changes a Task with JSON Patch and If-Match', source: capability },
  update: { text: 'The owner changes a Task with PUT and If-Match', source: capability },
  stale: { text: 'A change on an old version gets 412', source: capability },
  notUsed: { text: 'draft, ready and on-hold are not used (ct-1)', source: coordination },
  accepted: { text: 'The fulfiller sets accepted', source: states },
  progress: { text: 'The fulfiller sets in-progress', source: states },
  completed: { text: 'The fulfiller sets completed', source: states },
  rejected: {
    text: 'A rejection carries statusReason with text (ct-5, task-1)',
    source: `${coordination}; ${W('input/fsh/rulesets.fsh', '8ba8a803')}`,
  },
  bid: { text: 'Candidates get request-fulfillment without for (ct-4)', source: coordination },
  hidden: {
    text: 'A candidate cannot read the Patient before selection and gets nothing that identifies a person',
    source: behaviour,
  },
  noWork: { text: 'No in-progress while code is request-fulfillment', source: behaviour },
  reserved: {
    text: 'not-selected is reserved for the placer and for cancelled (ct-2)',
    source: `${coordination}; ${behaviour}`,
  },
  output: { text: 'A candidate may write its bid in output', source: `${examples}; ${states}` },
  select: {
    text: 'One update, all or nothing: one candidate fulfill + for + selected, the others cancelled + not-selected (ct-3)',
    source: `${behaviour}; ${examples}; ${states}`,
  },
  losers: { text: 'A candidate that is not selected is cancelled with code not-selected and text', source: examples },
  disclosed: { text: 'The selected fulfiller can read the Patient', source: behaviour },
  cancel: {
    text: 'Before in-progress the placer sets cancelled with statusReason',
    source: `${coordination}; ${states}`,
  },
  abort: {
    text: 'In progress: a Cancellation Request Task (abort, focus the Task, same owner and type of work)',
    source: `${W('input/fsh/profile-cancellation-request-task.fsh', '034a50d7')}; ${behaviour}`,
  },
  abortOnly: { text: 'A Cancellation Request Task is for in-progress only', source: behaviour },
  noDirect: {
    text: 'in-progress does not go to cancelled by itself',
    source: C('input/pagecontent/cancelling-and-modifying-requests.md', '07cefb40'),
  },
  failed: { text: 'After an accepted Cancellation Request Task the Coordination Task is failed', source: behaviour },
  withdraw: {
    text: 'The fulfiller asks the placer to withdraw with an Authorization Cancellation Request Task (proposal, abort, focus the ServiceRequest, both URA)',
    source: `${withdrawal}; ${capability}`,
  },
  withdrawAnswer: { text: 'The placer answers it with accepted or rejected (acrt-1)', source: withdrawal },
  subscription: {
    text: 'A Subscription: topic URL, owner:identifier filter, id-only, heartbeat, rest-hook',
    source: `${W('input/fsh/profile-workflow-subscription.fsh', '86110e25')}; ${N('input/fsh/profile-subscription.fsh', '6c22b597')}`,
  },
  statusOperation: {
    text: '$status answers a searchset with the subscription status',
    source: `${subscriptionServer}; ${N('input/fsh/examples.fsh', '686242b2')}`,
  },
  subscriptionSearch: {
    text: 'Subscription search on status, criteria, url, type, payload',
    source: subscriptionServer,
  },
  handshake: {
    text: 'A handshake is sent before the Subscription is active and is answered with success',
    source: N('input/fsh/examples.fsh', '686242b2'),
  },
  notification: { text: 'Notifications follow ntf-1..4 and st-1..5', source: `${notification}; ${status}` },
  delivered: {
    text: 'An id-only event-notification with the absolute Task is taken by the fulfiller',
    source: `${notification}; ${status}`,
  },
  heartbeat: { text: 'A heartbeat carries events-since-subscription-start', source: status },
  pulled: {
    text: 'After a notification the fulfiller reads the Task, the ServiceRequest and, when selected, the Patient at the placer',
    source: `${C('input/images-source/subscriptions-general-example-task-at-placer.plantuml', '2170e75d')}; ${behaviour}`,
  },
  conditional: { text: 'The fulfiller sends If-Match with every change at the placer', source: capability },
  known: {
    text: 'The fulfiller asks nothing of the placer beyond what the guide has a placer support',
    source: capability,
  },
  capability: { text: 'The server says what it supports: json, JSON Patch, Task versioned-update', source: capability },
} satisfies Record<string, Demand>;

export type DemandId = keyof typeof DEMANDS;
