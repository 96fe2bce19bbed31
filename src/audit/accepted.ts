import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import { type AuditedInteraction, auditEvent } from './event.ts';

/** A disclosure of an accepted message or move: to whom, why, on which ground; `references`: what of it is stored here. */
type DisclosedFacts = {
  readonly recipient: { readonly id: string; readonly name: string; readonly roles?: readonly string[] };
  readonly purpose: string;
  readonly relation: string;
  readonly legalBasis?: string;
  readonly references: readonly string[];
  /** SHA-256 of what was disclosed, and the root of its receipt: they lead to the proof, and show nothing of it. */
  readonly digest?: string;
  readonly root?: string;
};

type Accepted = Pick<AuditedInteraction, 'at' | 'partner' | 'requestId' | 'correlationId' | 'traceId'>;

type Plan = Pick<AuditedInteraction, 'action' | 'interaction' | 'codes'> & {
  readonly changes: readonly { readonly resource: { readonly resourceType: string; readonly id?: string } }[];
  readonly directory?: readonly { readonly type: string; readonly id: string }[];
  readonly disclosures?: readonly Disclosed[];
};

type NetworkFacts = {
  readonly settings: { readonly name: string };
  readonly partners: ReadonlyMap<string, Party>;
};

/** The AuditEvent of an accepted message or move, then one for each disclosure that follows from it. */
export function acceptedEvents(
  it: Accepted,
  { action, interaction, codes, changes, directory = [], disclosures = [] }: Plan,
  network: NetworkFacts,
  newId: () => string,
): readonly AuditEvent[] {
  const { at, requestId, correlationId, traceId } = it;
  const references = [
    ...changes.map(({ resource }) => `${resource.resourceType}/${resource.id}`),
    ...directory.map(({ type, id }) => `${type}/${id}`),
  ];
  return [
    auditEvent({ ...it, id: newId(), action, interaction, codes, outcome: 'success', references }),
    ...disclosures.map((one) => {
      const { recipient, purpose, relation, legalBasis, references, digest, root } = factsOf(network.partners, one);
      return auditEvent({
        id: newId(),
        at,
        action: 'R',
        interaction: 'disclose',
        outcome: 'success',
        codes: [],
        partner: { id: 'mgn-gateway', name: network.settings.name },
        recipient,
        references,
        ...(requestId ? { requestId } : {}),
        ...(correlationId ? { correlationId } : {}),
        ...(traceId ? { traceId } : {}),
        ...(legalBasis ? { legalBasis } : {}),
        details: { purpose, relation, ...(digest ? { digest } : {}), ...(root ? { root } : {}) },
      });
    }),
  ];
}

type Party = { readonly name: string; readonly roles: readonly string[] };
type Disclosed = {
  readonly partner: string;
  readonly bundle: Bundle;
  readonly receipt: Pick<DisclosedFacts, 'purpose' | 'relation' | 'legalBasis' | 'digest' | 'root'>;
};

function factsOf(partners: ReadonlyMap<string, Party>, { partner, bundle, receipt }: Disclosed): DisclosedFacts {
  const { name = partner, roles = [] } = partners.get(partner) ?? {};
  const { purpose, relation, legalBasis, digest, root } = receipt;
  return {
    recipient: { id: partner, name, roles },
    purpose,
    relation,
    references: (bundle.entry ?? []).flatMap(({ resource }) =>
      resource?.id ? [`${resource.resourceType}/${resource.id}`] : [],
    ),
    ...(legalBasis ? { legalBasis } : {}),
    ...(digest ? { digest } : {}),
    ...(root ? { root } : {}),
  };
}
