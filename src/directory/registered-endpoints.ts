import { isOpen, securedEndpointsAt } from './endpoint.ts';
import type { Network } from './network.ts';

/**
 * Endpoints that may receive notifications for a partner: those in partners.yaml, and the open FHIR REST Endpoints of
 * its organisation and services in the directory. No request can add another.
 */
export function registeredEndpoints(network: Network, partner: string, now: Date): readonly string[] {
  const it = network.partners.get(partner);
  if (!it) return [];
  const services = network.directory.servicesOfOrganization(it.organization);
  const endpoints = [it.organization, ...services.map(({ reference }) => reference)].flatMap((place) =>
    securedEndpointsAt(network, place),
  );
  const fixed = [...(it.address ? [it.address] : []), ...(it.notificationEndpoints ?? [])];
  const listed = endpoints
    .filter((one) => one.status === 'active' && one.connectionType?.code === 'hl7-fhir-rest' && isOpen(one, now))
    .flatMap(({ address }) => address ?? []);
  return [...new Set([...fixed, ...listed].map((one) => one.replace(/\/+$/, '')))];
}
