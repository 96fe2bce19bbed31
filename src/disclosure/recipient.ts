import type { Identifier, Reference } from '@medplum/fhirtypes';
import type { Graph } from '../fhir/graph.ts';
import { isType } from '../fhir/resource.ts';
import type { RecipientProjections } from './projection/projection.ts';

/** A possible recipient, from the directory. */
export type Recipient = {
  readonly partner: string;
  readonly domain: 'care' | 'social' | 'network';
  /** Directory references of this partner: its organisation and its services. */
  readonly references: readonly string[];
  readonly identifiers: readonly Identifier[];
  /** A municipality in its tasks under the Wmo: the only party of the social domain that may receive a BSN. */
  readonly isMunicipality?: boolean;
  /** IANA name of the zone of the network, whose days the periods of Consents and legal bases name; absent: Dutch time. */
  readonly timezone?: string;
  /** What a recipient of its kind may receive, from the files of mappings/projections. */
  readonly projections: RecipientProjections;
};

/** Whether a reference of the graph identifies the recipient, by directory reference or business identifier. */
export function isRecipient(recipient: Recipient, graph: Graph, reference: Reference | undefined): boolean {
  if (!reference) return false;
  if (reference.reference && recipient.references.includes(reference.reference)) return true;
  const identifiers = [...(reference.identifier ? [reference.identifier] : []), ...identifiersBehind(graph, reference)];
  return identifiers.some((one) =>
    recipient.identifiers.some(
      (other) => one.value !== undefined && one.system === other.system && one.value === other.value,
    ),
  );
}

function identifiersBehind(graph: Graph, reference: Reference): readonly Identifier[] {
  const resource = graph.resolve(reference);
  if (isType(resource, 'PractitionerRole')) {
    const { organization } = resource;
    return organization
      ? [...(organization.identifier ? [organization.identifier] : []), ...ofOrganization(graph, organization)]
      : [];
  }
  return ofOrganization(graph, reference);
}

function ofOrganization(graph: Graph, reference: Reference): readonly Identifier[] {
  const resource = graph.resolve(reference);
  return isType(resource, 'Organization') || isType(resource, 'HealthcareService') ? (resource.identifier ?? []) : [];
}
