import type { Bundle, BundleEntry, ParametersParameter } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';

/** The status of a notification, with its type by HL7's name. */
export type Status = {
  readonly type: 'handshake' | 'event-notification' | 'heartbeat';
  readonly parameters: readonly ParametersParameter[];
};

const inStatus = (name: string) => ({ expression: `Bundle.entry[0].resource.parameter.${name}` });

/**
 * The rules of TA Notifications for a notification (https://fhir.twiin.nl/ig/notifications, draft of October 2026): what
 * makes it ambiguous is refused, what is only missing is a warning. Issues: `notification-subscription-relative`,
 * `notification-request-mismatch`, `notification-entries-invalid`, `notification-authorization-invalid`,
 * `notification-focus-relative`, `notification-incomplete`.
 */
export function notificationIssues({ entry = [] }: Bundle, { type, parameters }: Status): readonly Issue[] {
  const subscription = referenceOf(parameters.find(({ name }) => name === 'subscription'));
  const events = parameters.filter(({ name }) => name === 'notification-event');
  const [first, ...others] = entry as readonly (BundleEntry | null)[];
  const foci = events.flatMap((it) => referenceOf(partIn(it, 'focus')) ?? []);
  const total = parameters.some(({ name }) => name === 'events-since-subscription-start');
  return [
    ...(isAbsolute(subscription)
      ? first?.request?.method === 'GET' && first.request.url === `${subscription}/$status`
        ? []
        : [issue('notification-request-mismatch', {}, { expression: 'Bundle.entry[0].request' })]
      : [issue('notification-subscription-relative', {}, inStatus('subscription'))]),
    ...(others.every((it) => it?.fullUrl && it.request) && (foci.length > 0 || isBare(events, others))
      ? []
      : [issue('notification-entries-invalid', {}, { expression: 'Bundle.entry' })]),
    ...(events.every((it) => isAuthorizationWhole(it, type))
      ? []
      : [issue('notification-authorization-invalid', {}, inStatus('part'))]),
    ...(foci.every(isAbsolute) ? [] : [issue('notification-focus-relative', {}, inStatus('focus'))]),
    ...((type === 'heartbeat' && !total) || events.some((it) => !partIn(it, 'event-number') || !partIn(it, 'timestamp'))
      ? [
          issue(
            'notification-incomplete',
            {},
            inStatus(type === 'heartbeat' ? 'events-since-subscription-start' : 'part'),
          ),
        ]
      : []),
  ];
}

/** Without a focus there is nothing else that says what happened. */
const isBare = (events: readonly ParametersParameter[], others: readonly unknown[]): boolean =>
  others.length === 0 && events.every((it) => !partIn(it, 'additional-context'));

function isAuthorizationWhole(event: ParametersParameter, type: Status['type']): boolean {
  const [kind, value] = [partIn(event, 'authorization-type'), partIn(event, 'authorization-value')];
  return (kind === undefined) === (value === undefined) && (!kind || type === 'event-notification');
}

const isAbsolute = (reference: string | undefined): boolean => /^https?:\/\/[^ ]+$/.test(reference ?? '');

export const partIn = ({ part }: ParametersParameter, wanted: string): ParametersParameter | undefined =>
  Array.isArray(part) ? part.find((it) => it?.name === wanted) : undefined;

export function referenceOf(it: ParametersParameter | undefined): string | undefined {
  const reference: unknown = it?.valueReference?.reference;
  return typeof reference === 'string' ? reference : undefined;
}
