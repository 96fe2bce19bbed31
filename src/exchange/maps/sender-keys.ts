import type { Bundle, Identifier } from '@medplum/fhirtypes';
import { digestOf } from '../../fhir/digest.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { isType } from '../../fhir/resource.ts';
import type { MessageKeys } from '../../store/port.ts';
import { uuid } from '../reading/envelope.ts';
import { headerOf } from '../reading/message-response.ts';
import type { SentMessage } from '../reading/sent-message.ts';

/**
 * Keys by which a sender names its referral: identifiers of Task and order, the identifier in ifNoneExist, and the id
 * of the MessageHeader. A resend with a new X-Request-Id is recognised by them. Keys are stored as digests.
 */
export function senderKeysOf(graph: Bundle, { message }: SentMessage): MessageKeys {
  const content = contentOf(graph);
  const header = headerOf(message)?.id ?? '';
  const names = [
    ...identifiersIn(graph).map(({ system, value }) => (system ? `${system}|${value}` : weak(`|${value}`, content))),
    ...conditionsIn(message),
    ...bundleNamesIn(message).map((it) => weak(it, content)),
    ...(header ? [uuid.test(header) ? `message|${header}` : weak(`message|${header}`, content)] : []),
  ];
  const amends = (graph.entry ?? []).some(({ resource: it }) => isType(it, 'ServiceRequest') && it.replaces?.length);
  return { keys: [...new Set(names.map(digestOf))], content, amends };
}

/** A name without a system, or one that a sender may use twice, identifies a message only together with its content. */
const weak = (name: string, content: string): string => `${name}|${content}`;

const identifiersIn = ({ entry = [] }: Bundle): Identifier[] =>
  entry
    .flatMap(({ resource: it }) => (isType(it, 'Task') || isType(it, 'ServiceRequest') ? (it.identifier ?? []) : []))
    .filter(({ system, value }) => value && system !== identifierSystems.bsn);

/** The identifier of a Bundle (https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.identifier). */
const bundleNamesIn = (message: SentMessage['message']): string[] =>
  isType(message, 'Bundle') && message.identifier?.value
    ? [`bundle|${message.identifier.system ?? ''}|${message.identifier.value}`]
    : [];

/** `identifier=system|value` of the conditional create of a Task or order. */
function conditionsIn(message: SentMessage['message']): string[] {
  if (!isType(message, 'Bundle')) return [];
  return (message.entry ?? []).flatMap(({ request, resource }) => {
    const isOfOrder = isType(resource, 'Task') || isType(resource, 'ServiceRequest');
    const value = isOfOrder ? /(?:^|&)identifier=([^&]+\|[^&]+)/.exec(request?.ifNoneExist ?? '')?.[1] : undefined;
    return value ? [decoded(value)] : [];
  });
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
  let text = JSON.stringify(entry.map(({ resource }) => (resource ? { ...resource, id: undefined } : resource)));
  for (const [index, { fullUrl, resource }] of entry.entries()) {
    for (const address of [fullUrl, resource?.id && `${resource.resourceType}/${resource.id}`])
      if (address) text = text.replaceAll(JSON.stringify(address), `"entry-${index}"`);
  }
  return digestOf(JSON.parse(text));
}
