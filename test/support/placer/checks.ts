/** The invariants of the guides, as functions that give the keys that are broken. */
import type { Bundle, Parameters, ParametersParameter, Subscription, Task } from '@medplum/fhirtypes';
import { EXTENSION, TA, TASK_CODE, URA } from './guide.ts';
import { has } from './orders.ts';

export const isAbort = (task: Task): boolean => has(task.code, TASK_CODE, 'abort');
export const isBid = (task: Task): boolean => has(task.code, TA, 'request-fulfillment');
export const isFulfil = (task: Task): boolean => has(task.code, TASK_CODE, 'fulfill');

/** Broken rules of a Coordination Task: errors first, then warnings (marked with ?). */
export function coordinationFaults(task: Task): string[] {
  const faults: string[] = [];
  const reason = task.statusReason;
  if (['draft', 'ready', 'on-hold'].includes(task.status)) faults.push('ct-1');
  if (has(reason, TA, 'not-selected') && task.status !== 'cancelled') faults.push('ct-2');
  if (has(task.businessStatus, TA, 'selected') && !(isFulfil(task) && task.for)) faults.push('ct-3');
  if (isBid(task) && task.for) faults.push('ct-4');
  if (!isBid(task) && !isFulfil(task)) faults.push('code');
  if (!task.identifier?.length) faults.push('identifier');
  if (task.intent !== 'order') faults.push('intent');
  if (!task.focus?.reference?.includes('ServiceRequest/')) faults.push('focus');
  if (!task.authoredOn) faults.push('authoredOn');
  if (task.requester?.identifier?.system !== URA) faults.push('requester');
  if (task.owner?.type !== 'HealthcareService' || !task.owner.identifier?.value) faults.push('owner');
  if (task.owner?.identifier?.assigner?.identifier?.system === 'http://kvk.nl') faults.push('aid-1');
  if ((task.input ?? []).filter((input) => has(input.type, TA, 'type-of-work')).length !== 1)
    faults.push('type-of-work');
  if (['rejected', 'cancelled'].includes(task.status) && !reason) faults.push('ct-5?');
  if (reason && !reason.text) faults.push('task-1?');
  if (task.for?.identifier?.system === 'http://fhir.nl/fhir/NamingSystem/bsn') faults.push('ct-6?');
  return faults;
}

/** Broken rules of an Authorization Cancellation Request Task. */
export function withdrawalFaults(task: Task): string[] {
  const faults: string[] = [];
  if (!['requested', 'accepted', 'rejected'].includes(task.status)) faults.push('acrt-1');
  if (!isAbort(task)) faults.push('code');
  if (task.intent !== 'proposal') faults.push('intent');
  if (!task.focus?.reference?.includes('ServiceRequest/')) faults.push('focus');
  if (task.requester?.identifier?.system !== URA) faults.push('requester');
  if (task.owner?.identifier?.system !== URA) faults.push('owner');
  return faults;
}

/** Broken rules of a Subscription under the workflow guide. */
export function subscriptionFaults(subscription: Subscription): string[] {
  const faults: string[] = [];
  const criteria = (subscription as unknown as { _criteria?: { extension?: { url: string; valueString?: string }[] } })
    ._criteria;
  const filters = (criteria?.extension ?? []).filter((extension) => extension.url === EXTENSION.filter);
  const payload = (
    subscription.channel as unknown as { _payload?: { extension?: { url: string; valueCode?: string }[] } } | undefined
  )?._payload;
  if (!/^https?:\/\/[^?]+$/.test(subscription.criteria ?? '')) faults.push('sub-1?');
  if (filters.length !== 1 || !/^(owner|requester):identifier=[^| ]+[|][^| ]+$/.test(filters[0]?.valueString ?? ''))
    faults.push('wsub-1');
  if (subscription.channel?.type !== 'rest-hook') faults.push('channel.type');
  if (!subscription.channel?.endpoint) faults.push('channel.endpoint');
  if (!['application/fhir+json', 'application/fhir+xml'].includes(subscription.channel?.payload ?? ''))
    faults.push('channel.payload');
  if (
    !payload?.extension?.some((extension) => extension.url === EXTENSION.content && extension.valueCode === 'id-only')
  )
    faults.push('id-only');
  if (!subscription.channel?.extension?.some((extension) => extension.url === EXTENSION.heartbeat))
    faults.push('heartbeat');
  return faults;
}

const absolute = (value: string | undefined): boolean => /^https?:\/\/[^ ]+$/.test(value ?? '');

export interface Notification {
  type: string;
  subscription: string;
  events: { number: string; focus?: string | undefined }[];
  faults: string[];
}

/** Read a notification Bundle and name the rules that it breaks. */
export function readNotification(bundle: Bundle): Notification {
  const faults: string[] = [];
  const first = bundle.entry?.[0];
  const parameters = ((first?.resource as Parameters | undefined)?.parameter ?? []) as ParametersParameter[];
  const named = (name: string): ParametersParameter | undefined =>
    parameters.find((parameter) => parameter.name === name);
  const type = named('type')?.valueCode ?? '';
  const subscription = named('subscription')?.valueReference?.reference ?? '';
  const events = parameters
    .filter((parameter) => parameter.name === 'notification-event')
    .map((parameter) => parameter.part ?? []);
  const part = (parts: ParametersParameter[], name: string): ParametersParameter | undefined =>
    parts.find((item) => item.name === name);
  const focus = (parts: ParametersParameter[]): string | undefined => part(parts, 'focus')?.valueReference?.reference;

  if (bundle.type !== 'history') faults.push('bundle.type');
  if (!['handshake', 'heartbeat', 'event-notification'].includes(type)) faults.push('ntf-1');
  if (first?.request?.method !== 'GET' || first.request.url !== `${subscription}/$status`) faults.push('ntf-2');
  if (
    !events.some(focus) &&
    (events.some((parts) => part(parts, 'additional-context')) || (bundle.entry?.length ?? 0) !== 1)
  )
    faults.push('ntf-3');
  if ((bundle.entry ?? []).slice(1).some((entry) => !entry.fullUrl || !entry.request)) faults.push('ntf-4');
  if (!absolute(subscription)) faults.push('st-1');
  if (!named('topic')) faults.push('topic');
  if (
    type === 'event-notification' &&
    (events.length === 0 || !events.every((parts) => part(parts, 'event-number') && part(parts, 'timestamp')))
  )
    faults.push('st-2');
  if (type === 'heartbeat' && !named('events-since-subscription-start')) faults.push('st-3');
  if (events.some((parts) => part(parts, 'focus') && !absolute(focus(parts)))) faults.push('st-4?');
  if (
    events.some((parts) => Boolean(part(parts, 'authorization-type')) !== Boolean(part(parts, 'authorization-value')))
  )
    faults.push('st-5');
  if ((bundle.entry ?? []).slice(1).some((entry) => entry.resource)) faults.push('id-only');
  return {
    type,
    subscription,
    faults,
    events: events.map((parts) => ({ number: part(parts, 'event-number')?.valueString ?? '', focus: focus(parts) })),
  };
}
