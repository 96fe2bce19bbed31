import type { Organization } from '@medplum/fhirtypes';
import type { CertificateName, Network, Partner } from '../directory/index.ts';

const uraSystem = 'http://fhir.nl/fhir/NamingSystem/ura';

/** Names of the certificates of a partner: those of its configuration, else the URA of its organisation in the directory. */
export function namesOf({ resource }: Pick<Network, 'resource'>, partner: Partner): readonly CertificateName[] {
  if (partner.certificates) return partner.certificates;
  const organization = resource(partner.organization) as Organization | undefined;
  return (organization?.identifier ?? []).flatMap(({ system, value }) =>
    system === uraSystem && value ? [{ ura: value }] : [],
  );
}
