import type { Bundle, ParametersParameter } from '@medplum/fhirtypes';
import { isError, issue } from '../../fhir/issue.ts';
import { parseReference } from '../../fhir/reference.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { PlacerSubscription } from '../../store/port.ts';
import { notificationIssues, partIn, referenceOf, type Status } from './check-notification.ts';

/** The body of a dispatch of channel `fhir-pull`: a Task to read, or the events of a Subscription without focus. */
export type Pull =
  | { readonly task: string }
  | { readonly subscription: string; readonly since: number; readonly until: number };

/** HL7's names, and those of TTA v0.6. */
const types: ReadonlyMap<string, 'handshake' | 'event-notification' | 'heartbeat'> = new Map([
  ['handshake', 'handshake'],
  ['handshake-notification', 'handshake'],
  ['event-notification', 'event-notification'],
  ['heartbeat', 'heartbeat'],
  ['heartbeat-notification', 'heartbeat'],
]);

/** Upper bound on the events of one notification. */
export const maximumEvents = 100;

/** A notification as it was read: what it requests to read, and what it reports of its Subscription. */
export type Notice = {
  readonly type: Status['type'];
  /** `Subscription/<id>` at the placer; absent when it lies elsewhere. */
  readonly subscription?: string;
  /** Numbers of its events. */
  readonly numbers: readonly number[];
  /** events-since-subscription-start. */
  readonly total?: number;
  /** Payload mode of its events. */
  readonly content?: NonNullable<PlacerSubscription['content']>;
  readonly pulls: readonly Pull[];
};

/**
 * The reads requested by a notification (backport-subscription-notification-r4), relative to `base`, the registered
 * FHIR base of its sender. Handshake and heartbeat request none; a focus that is not a Task is ignored. Issues:
 * `notification-invalid`, `notification-reference-forbidden`, those of `notificationIssues`.
 */
export function noticeOf(sent: Resource, base: string): Result<Notice> {
  const unread = failure(issue('notification-invalid', { limit: maximumEvents }));
  const parameters = statusIn(sent);
  const type = types.get(codeOf(parameters?.find(({ name }) => name === 'type')) ?? '');
  if (!parameters || !type) return unread;
  const events = parameters.filter(({ name }) => name === 'notification-event');
  const isEvent = type === 'event-notification';
  if (isEvent && (events.length === 0 || events.length > maximumEvents)) return unread;
  const issues = notificationIssues(sent as Bundle, { type, parameters });
  if (issues.some(isError)) return failure(...issues);
  const named = referenceBelow(referenceOf(parameters.find(({ name }) => name === 'subscription')), base);
  const subscription = named?.startsWith('Subscription/') ? named : undefined;
  const total = numberOf(parameters.find(({ name }) => name === 'events-since-subscription-start'));
  const common = {
    type,
    ...(subscription ? { subscription } : {}),
    ...(total === undefined ? {} : { total }),
  };
  if (!isEvent) return success({ ...common, numbers: [], pulls: [] }, issues);
  const pulls = pullsOf(events, base, subscription);
  if (!pulls.ok) return pulls;
  const numbers = events.flatMap((it) => numberOf(partIn(it, 'event-number')) ?? []);
  return success({ ...common, numbers, content: contentOf(sent as Bundle, events), pulls: pulls.value }, issues);
}

function contentOf({ entry = [] }: Bundle, events: readonly ParametersParameter[]): NonNullable<Notice['content']> {
  if (events.every((it) => !partIn(it, 'focus'))) return 'empty';
  return entry.slice(1).some((it) => it?.resource) ? 'full-resource' : 'id-only';
}

function pullsOf(
  events: readonly ParametersParameter[],
  base: string,
  subscription: string | undefined,
): Result<readonly Pull[]> {
  const pulls = new Map<string, Pull>();
  const numbers: number[] = [];
  for (const event of events) {
    const focus = partIn(event, 'focus')?.valueReference?.reference;
    if (focus === undefined) {
      const number = numberOf(partIn(event, 'event-number'));
      if (number === undefined) return failure(issue('notification-invalid', { limit: maximumEvents }));
      numbers.push(number);
      continue;
    }
    const place = referenceBelow(focus, base);
    if (!place) return elsewhere('focus');
    if (place.startsWith('Task/')) pulls.set(place, { task: place });
  }
  if (numbers.length === 0) return success([...pulls.values()]);
  if (!subscription) return elsewhere('subscription');
  const range = { since: Math.min(...numbers), until: Math.max(...numbers) };
  return success([...pulls.values(), { subscription, ...range }]);
}

/** The Tasks in a response of $events, relative to `base`. */
export function tasksIn(sent: Resource, base: string): readonly string[] {
  const events = (statusIn(sent) ?? []).filter(({ name }) => name === 'notification-event').slice(0, maximumEvents);
  const foci = events.flatMap((it) => referenceBelow(partIn(it, 'focus')?.valueReference?.reference ?? '', base) ?? []);
  return [...new Set(foci.filter((it) => it.startsWith('Task/')))];
}

/**
 * `Type/id` of a reference at this base; undefined for any other. Following an arbitrary address of a message would
 * expose hosts that only the gateway can reach.
 */
export function referenceBelow(text: unknown, base: string): string | undefined {
  const reference = typeof text === 'string' ? parseReference(text) : undefined;
  if (reference?.kind !== 'relative' && reference?.kind !== 'absolute') return undefined;
  if (/^\.+$/.test(reference.id)) return undefined;
  return reference.kind === 'relative' || reference.base === base ? `${reference.type}/${reference.id}` : undefined;
}

const elsewhere = (what: string) =>
  failure(issue('notification-reference-forbidden', {}, { expression: `Bundle.entry[0].resource.parameter.${what}` }));

function statusIn(sent: Resource): readonly ParametersParameter[] | undefined {
  if (!isType(sent, 'Bundle') || (sent as Bundle).type !== 'history' || !Array.isArray(sent.entry)) return undefined;
  const status = sent.entry[0]?.resource;
  if (!status || !isType(status, 'Parameters') || !Array.isArray(status.parameter)) return undefined;
  return status.parameter.filter((it) => typeof it === 'object' && it !== null);
}

const codeOf = (it: ParametersParameter | undefined): string | undefined => it?.valueCode ?? it?.valueString;

function numberOf(it: ParametersParameter | undefined): number | undefined {
  const text = String(it?.valueString ?? it?.valueInteger ?? it?.valueDecimal ?? '');
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
