import type { Extension, Subscription } from '@medplum/fhirtypes';
import { digestOf } from '../fhir/digest.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import type { Elements } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { backport } from './backport.ts';
import { type Filter, filterText, parseFilter } from './filter.ts';
import { topics } from './topics.ts';

/** The terms agreed with a partner: topic, filters, endpoint and content of its notifications. Contains no secrets. */
export type Agreement = {
  readonly topic: string;
  readonly filters: readonly Filter[];
  readonly endpoint: string;
  /**
   * `empty`: an event occurred. `id-only`: with a reference to the Task. Content is never sent: it is read, with access
   * checked at that time.
   */
  readonly content: 'empty' | 'id-only';
  readonly reason: string;
  /** Created from the network's configuration, not by the partner. */
  readonly configured?: true;
  /** Seconds without a notification after which a heartbeat is sent. */
  readonly heartbeat?: number;
};

/**
 * A partner has at most one open Subscription per topic, filter, endpoint and payload mode (Twiin TA Workflow). Another
 * payload mode is another Subscription, so that the new one is active before the old one ends.
 */
export const agreementKey = ({ topic, filters, endpoint, content }: Agreement): string =>
  digestOf({ topic, endpoint, filters: filters.map(filterText).sort(), ...(content === 'id-only' ? {} : { content }) });

/** Shortest heartbeat period on offer (seconds); undefined when the network sends no heartbeats. */
export type HeartbeatRange = { readonly minimum: number } | undefined;

/**
 * The agreement requested by a Subscription (backport-subscription,
 * https://hl7.org/fhir/uv/subscriptions-backport/STU1.1), or every reason for refusing it: only topics, filters and
 * payloads of this gateway, no headers (which may contain secrets), no end.
 */
export function agreementOf(asked: Subscription, heartbeats: HeartbeatRange): Result<Agreement> {
  const { channel } = asked as Partial<Subscription>;
  const issues: Issue[] = [];

  const topic = topicIn(asked);
  if (!topic || !topics.includes(topic))
    issues.push(
      issue('subscription-topic-unknown', { topics: topics.join(', ') }, { expression: 'Subscription.criteria' }),
    );
  if (channel?.type !== 'rest-hook')
    issues.push(issue('subscription-channel-unsupported', {}, { expression: 'Subscription.channel.type' }));
  if (!channel?.endpoint)
    issues.push(issue('subscription-endpoint-unregistered', {}, { expression: 'Subscription.channel.endpoint' }));
  if (channel?.header?.length)
    issues.push(issue('subscription-header-forbidden', {}, { expression: 'Subscription.channel.header' }));
  if (channel?.payload !== undefined && channel.payload !== 'application/fhir+json')
    issues.push(issue('subscription-payload-unsupported', {}, { expression: 'Subscription.channel.payload' }));
  if (asked.end) issues.push(issue('subscription-end-unsupported', {}, { expression: 'Subscription.end' }));

  const content = extensionsOf(channel, '_payload').find(({ url }) => url === backport.content)?.valueCode;
  if (content !== 'empty' && content !== 'id-only')
    issues.push(
      issue('subscription-content-unsupported', {}, { expression: 'Subscription.channel.payload.extension' }),
    );

  const heartbeat = (channel?.extension ?? []).find(({ url }) => url === backport.heartbeat)?.valueUnsignedInt;
  if (heartbeat !== undefined && (!heartbeats || heartbeat < heartbeats.minimum))
    issues.push(
      issue(
        'subscription-heartbeat-unsupported',
        { minimum: heartbeats?.minimum ?? '-' },
        { expression: 'Subscription.channel.extension' },
      ),
    );

  const filters = filtersIn(asked);
  const found = [...issues, ...filters.issues];
  if (found.length || !filters.ok || !topic || !channel?.endpoint) return failure(...found);
  return success({
    topic,
    filters: filters.value,
    endpoint: channel.endpoint.replace(/\/+$/, ''),
    content: content === 'empty' ? 'empty' : 'id-only',
    reason: asked.reason ?? '',
    ...(heartbeat === undefined ? {} : { heartbeat }),
  });
}

const topicIn = (asked: Subscription): string | undefined => {
  const extended = [...(asked.extension ?? []), ...extensionsOf(asked, '_criteria')].find(
    ({ url }) => url === backport.topic,
  );
  return extended?.valueUri ?? extended?.valueCanonical ?? asked.criteria;
};

function filtersIn(asked: Subscription): Result<readonly Filter[]> {
  const texts = extensionsOf(asked, '_criteria').flatMap(({ url, valueString }) =>
    url === backport.filter && valueString ? [valueString] : [],
  );
  if (texts.length === 0)
    return failure(issue('subscription-filter-missing', {}, { expression: 'Subscription.criteria.extension' }));
  const parsed = texts.map(parseFilter);
  const issues = parsed.flatMap((it) => it.issues);
  return issues.length ? failure(...issues) : success(parsed.flatMap((it) => (it.ok ? it.value : [])));
}

/** @medplum/fhirtypes lacks `_criteria`, which carries the extensions of a primitive. */
const extensionsOf = (element: object | undefined, name: string): readonly Extension[] =>
  ((element as Elements | undefined)?.[name] as { extension?: Extension[] } | undefined)?.extension ?? [];

export type SubscriptionState = {
  readonly id: string;
  readonly agreement: Agreement;
  readonly status: Subscription['status'];
  readonly error?: string;
  readonly version: number;
  readonly lastUpdated: Date;
};

/** The Subscription resource as read by its partner. */
export function subscriptionResource({
  id,
  agreement,
  status,
  error,
  version,
  lastUpdated,
}: SubscriptionState): Subscription {
  const { topic, filters, endpoint, content, reason, heartbeat } = agreement;
  const primitives = {
    _criteria: { extension: filters.map((it) => ({ url: backport.filter, valueString: filterText(it) })) },
  };
  const payload = { _payload: { extension: [{ url: backport.content, valueCode: content }] } };
  return {
    resourceType: 'Subscription',
    id,
    meta: { versionId: String(version), lastUpdated: lastUpdated.toISOString(), profile: [backport.subscription] },
    status,
    reason,
    criteria: topic,
    ...primitives,
    ...(error ? { error } : {}),
    channel: {
      ...(heartbeat === undefined ? {} : { extension: [{ url: backport.heartbeat, valueUnsignedInt: heartbeat }] }),
      type: 'rest-hook',
      endpoint,
      payload: 'application/fhir+json',
      ...payload,
    },
  };
}
