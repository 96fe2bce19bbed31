import type { Bundle, MessageHeader, OperationOutcome } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import { isType } from '../../fhir/resource.ts';

/** Header of a message (https://hl7.org/fhir/R4/messaging.html), with the id that the sender assigned. */
export type Header = { readonly id: string; readonly resource: MessageHeader };

/** Header of a message Bundle; undefined for any other resource. */
export function headerOf(resource: { readonly resourceType?: unknown }): Header | undefined {
  if (!isType(resource, 'Bundle') || resource.type !== 'message') return undefined;
  for (const entry of Array.isArray(resource.entry) ? resource.entry : [])
    if (isType(entry?.resource, 'MessageHeader'))
      return { id: entry.resource.id ?? (entry.fullUrl ?? '').replace(/^.*[:/]/, ''), resource: entry.resource };
  return undefined;
}

type ResponseContext = {
  readonly header: Header;
  /** `Task/<id>` by which the sender follows its request. */
  readonly location: string;
  readonly warnings: readonly Issue[];
  readonly base: string;
  readonly at: Date;
  readonly newId: () => string;
};

/**
 * Response to an accepted message (https://hl7.org/fhir/R4/messageheader.html): the resource to follow, and the
 * warnings.
 */
export function messageResponse({ header, location, warnings, base, at, newId }: ResponseContext): Bundle {
  const { eventUri, eventCoding } = header.resource;
  const outcome: OperationOutcome = {
    ...operationOutcome(warnings.length ? warnings : [issue('referral-received', {})]),
    id: newId(),
  };
  const response: MessageHeader = {
    resourceType: 'MessageHeader',
    id: newId(),
    ...(eventUri ? { eventUri } : {}),
    ...(eventCoding ? { eventCoding } : {}),
    source: { name: 'mgn-gateway', endpoint: base },
    response: { identifier: header.id, code: 'ok', details: { reference: `urn:uuid:${outcome.id}` } },
    focus: [{ reference: `${base}/${location}` }],
  } as MessageHeader;
  return {
    resourceType: 'Bundle',
    id: newId(),
    type: 'message',
    timestamp: at.toISOString(),
    entry: [response, outcome].map((resource) => ({ fullUrl: `urn:uuid:${resource.id}`, resource })),
  };
}
