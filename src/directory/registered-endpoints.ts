import { endpointsAt, isOpen } from './endpoint.ts';
import type { Network } from './network.ts';

/**
 * Where a partner may be notified: what partners.yaml registers, and the open FHIR REST Endpoints of its organisation and
 * its services in the directory. Nothing is sent elsewhere, whoever asks.
 */
export function registeredEndpoints(network: Network, partner: string, now: Date): readonly string[] {
  const it = network.partners.get(partner);
  if (!it) return [];
  const services = network.directory.servicesOfOrganization(it.organization);
  const endpoints = [it.organization, ...services.map(({ reference }) => reference)].flatMap((place) =>
    endpointsAt(network.resource, place),
  );
  const fixed = [...(it.address ? [it.address] : []), ...(it.notificationEndpoints ?? [])];
  const listed = endpoints
    .filter((one) => one.status === 'active' && one.connectionType?.code === 'hl7-fhir-rest' && isOpen(one, now))
    .flatMap(({ address }) => address ?? []);
  return [...new Set([...fixed, ...listed].map((one) => one.replace(/\/+$/, '')))];
}
