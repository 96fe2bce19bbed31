import type { Task } from '@medplum/fhirtypes';
import { type Network, recipientOf } from '../directory/index.ts';
import type { Parties, Party } from '../subscription/index.ts';
import { sourceOfPartner } from '../vocabulary/meta-source.ts';

const nobody: Party = { references: [], identifiers: [] };

/** A partner in the directory: its organisation and its services. */
export const partyOf = (network: Network, partner: string): Party => recipientOf(network, partner) ?? nobody;

/** The partner whose system sent a resource, by Meta.source. */
export const senderOf = (network: Network, source: string | undefined): string | undefined =>
  [...network.partners.keys()].find((it) => source === sourceOfPartner(it));

/** The parties of a Task for matching filters: the owner with its organisation, and the sender of the referral. */
export function partiesOf(network: Network, { owner, requester, meta }: Task): Parties {
  const service = owner?.reference ? network.directory.service(owner.reference) : undefined;
  const organization = network.directory.organization(service?.organization ?? owner?.reference ?? '');
  const sender = senderOf(network, meta?.source);
  const sending = sender ? partyOf(network, sender) : nobody;
  return {
    owner: {
      // of its organisation too: a filter on the organisation is notified of the Tasks of all its services
      references: [...(owner?.reference ? [owner.reference] : []), ...(organization ? [organization.reference] : [])],
      identifiers: [
        ...(owner?.identifier ? [owner.identifier] : []),
        ...(service?.identifiers ?? []),
        ...(organization?.identifiers ?? []),
      ],
    },
    requester: {
      references: [],
      identifiers: [...(requester?.identifier ? [requester.identifier] : []), ...sending.identifiers],
    },
  };
}
