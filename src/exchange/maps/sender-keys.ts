import type { Bundle, BundleEntryRequest, Identifier } from '@medplum/fhirtypes';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { digestOf } from '../../fhir/digest.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { MessageKeys } from '../../store/port.ts';
import { type Received, uuid } from '../reading/envelope.ts';
import { headerOf } from '../reading/message-response.ts';
import type { SentMessage } from '../reading/sent-message.ts';

/** A referral without a name of its own may be meant anew after this time, with the same words. */
const unnamedFor = 7 * 24 * 60 * 60 * 1000;

/**
 * Keys by which a resend with a new X-Request-Id is recognised, as digests. A sender names its referral by identifiers
 * of Task and order, by the identifier in ifNoneExist, or by a UUID as id of the MessageHeader. A referral without a
 * name is recognised by its content, for a week.
 */
export function senderKeysOf(
  graph: Bundle,
  { message }: SentMessage,
  { at, bodyDigest }: Pick<Received, 'at' | 'bodyDigest'>,
): MessageKeys {
  const content = contentOf(graph);
  const header = headerOf(message)?.id ?? '';
  const names = [
    ...identifiersIn(graph).flatMap(({ system, value }) => (system ? [`${system}|${value}`] : [])),
    ...conditionsIn(message),
    ...(uuid.test(header) ? [`message|${header}`] : []),
  ];
  const amends = (graph.entry ?? []).some(({ resource: it }) => isType(it, 'ServiceRequest') && it.replaces?.length);
  if (names.length) return { keys: [...new Set(names.map(digestOf))], content, amends };
  // the map of a form may add what differs at each attempt, such as the time of receipt
  const unnamed = isType(message, 'Bundle') ? content : bodyDigest;
  return {
    keys: [digestOf(`content|${unnamed}`)],
    content: unnamed,
    amends,
    since: new Date(at.getTime() - unnamedFor),
  };
}

const identifiersIn = ({ entry = [] }: Bundle): Identifier[] =>
  entry
    .flatMap(({ resource: it }) => (isType(it, 'Task') || isType(it, 'ServiceRequest') ? (it.identifier ?? []) : []))
    .filter(({ system, value }) => value && system !== identifierSystems.bsn);

const conditionsIn = (message: SentMessage['message']): string[] =>
  isType(message, 'Bundle')
    ? (message.entry ?? []).flatMap(({ request, resource }) => conditionOf(request, resource) ?? [])
    : [];

/** `system|value` by which a sender names its order: `identifier` of the conditional create of a Task or order. */
export function conditionOf(request: BundleEntryRequest | undefined, resource: Resource | undefined) {
  if (!isType(resource, 'Task') && !isType(resource, 'ServiceRequest')) return undefined;
  const value = /(?:^|[?&])identifier=([^&]+)/.exec(request?.ifNoneExist ?? '')?.[1];
  const name = value && decoded(value);
  return name && /^[^|]+\|[^|]+$/.test(name) ? name : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Digest of the graph, independent of the addresses that a client assigns anew at each attempt. */
function contentOf({ entry = [] }: Bundle): string {
  const places = new Map<string, string>();
  for (const [index, { fullUrl, resource }] of entry.entries())
    for (const address of [fullUrl, resource?.id && `${resource.resourceType}/${resource.id}`])
      if (address && !places.has(address)) places.set(address, `entry-${index}`);
  const resources = entry.map(({ resource }) => (resource ? { ...resource, id: undefined } : null));
  return digestOf(canonicalJson(resources, (text) => places.get(text) ?? text));
}
