/** URLs of HL7's Subscriptions R5 Backport (https://hl7.org/fhir/uv/subscriptions-backport/STU1.1), which TTA Notifications uses. */
const base = 'http://hl7.org/fhir/uv/subscriptions-backport';

const definition = (name: string): string => `${base}/StructureDefinition/${name}`;

export const backport = {
  subscription: definition('backport-subscription'),
  notification: definition('backport-subscription-notification-r4'),
  status: definition('backport-subscription-status-r4'),
  filter: definition('backport-filter-criteria'),
  content: definition('backport-payload-content'),
  heartbeat: definition('backport-heartbeat-period'),
  /** TTA v0.6 puts the topic in this extension; in STU1.1 the criteria are the topic. Read, never written. */
  topic: definition('backport-topic-canonical'),
  capability: definition('capabilitystatement-subscriptiontopic-canonical'),
  statusOperation: `${base}/OperationDefinition/backport-subscription-status`,
  eventsOperation: `${base}/OperationDefinition/backport-subscription-events`,
} as const;
