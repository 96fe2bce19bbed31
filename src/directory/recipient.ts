import type { Recipient } from '../disclosure/index.ts';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { isOperatorOnly } from './load/partners.ts';
import type { Network } from './network.ts';

/**
 * A partner as a recipient of disclosures: its organisation and services in the directory. A partner that only operates
 * the gateway has none.
 */
export function recipientOf({ partners, directory }: Network, id: string): Recipient | undefined {
  const partner = partners.get(id);
  if (!partner) return undefined;
  const { domain, organization: reference, roles } = partner;
  const organization = isOperatorOnly(roles) ? undefined : directory.organization(reference);
  const parts = organization ? [organization, ...directory.servicesOfOrganization(reference)] : [];
  return {
    partner: id,
    domain,
    references: parts.map((it) => it.reference),
    identifiers: parts.flatMap((it) => it.identifiers),
    ...(organization?.types.includes(municipality) ? { isMunicipality: true } : {}),
  };
}

const municipality = `${mgnCodeSystem('organization-type')}|municipality`;
