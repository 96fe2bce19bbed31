import type { Recipient, RecipientKind, RecipientProjections } from '../disclosure/index.ts';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { isOperatorOnly } from './load/partners.ts';
import type { Network, Partner } from './network.ts';

/**
 * A partner as a recipient of disclosures: its organisation and services in the directory. A partner that only operates
 * the gateway has none.
 */
export function recipientOf(network: Network, id: string): Recipient | undefined {
  const { partners, directory, settings } = network;
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
    timezone: settings.timezone,
    projections: projectionsOf(network, partner),
    ...(organization?.types.includes(municipality) ? { isMunicipality: true } : {}),
  };
}

/** What a partner may receive: by its domain, and within care by whether it refers or provides. */
export const projectionsOf = ({ projections }: Network, partner: Partner): RecipientProjections =>
  projections[kindOf(partner)];

function kindOf({ domain, roles }: Pick<Partner, 'domain' | 'roles'>): RecipientKind {
  if (domain === 'social') return 'social-domain';
  if (domain === 'network') return 'network';
  return roles.includes('referrer') && !roles.includes('provider') ? 'gp' : 'ggz';
}

const municipality = `${mgnCodeSystem('organization-type')}|municipality`;
