import type { Endpoint } from '@medplum/fhirtypes';
import { issue } from '../fhir/issue.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { addressProblem } from '../outbound/address.ts';
import { addressRulesOf } from './address-rules.ts';
import type { Network } from './network.ts';

export type Address = {
  readonly url: string;
  readonly mimeType: MimeType;
  /** `Endpoint/<id>` when the address is from the directory. */
  readonly endpoint?: string;
};
type MimeType = 'application/fhir+json' | 'application/fhir+xml';

/**
 * The Endpoint for requests by FHIR REST, selected as the generic function Adressering prescribes: status, period,
 * connection type, payload type and MIME type. JSON is preferred to XML; otherwise the first one is taken.
 */
export const chooseEndpoint = (endpoints: readonly Endpoint[], now: Date): Endpoint | undefined =>
  inPreference(endpoints).find((it) => isOpen(it, now));

/** Those that take requests, the preferred one first; which are usable depends on the clock. */
function inPreference(endpoints: readonly Endpoint[]): Endpoint[] {
  const fit = endpoints.filter(takesRequests);
  const isJson = (it: Endpoint) => mimeTypeOf(it) === 'application/fhir+json';
  return [...fit.filter(isJson), ...fit.filter((it) => !isJson(it))];
}

/** Whether an Endpoint is usable apart from its period, which depends on the clock. */
export const takesRequests = (it: Endpoint): boolean =>
  it.status === 'active' &&
  it.connectionType?.system === 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type' &&
  it.connectionType.code === 'hl7-fhir-rest' &&
  (it.payloadType ?? []).some(({ coding }) => coding?.some(isRequest)) &&
  mimeTypeOf(it) !== undefined;

/** The canonical base of the generic functions has changed once; the name of the code system has not. */
const isRequest = ({ system, code }: { readonly system?: string; readonly code?: string }): boolean =>
  (code === 'Request' && system?.endsWith('/CodeSystem/nl-gf-data-categories-cs') === true) ||
  (code === 'any' && system === 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type');

/** A period includes the last moment of its end, which may be a day, a month or a year. */
export function isOpen({ period }: Pick<Endpoint, 'period'>, now: Date): boolean {
  const { start, end } = period ?? {};
  if (start && Date.parse(start) > now.getTime()) return false;
  if (!end) return true;
  return end.length > 10 ? now.getTime() <= Date.parse(end) : now.toISOString().slice(0, end.length) <= end;
}

function mimeTypeOf({ payloadMimeType = [] }: Endpoint): MimeType | undefined {
  const types = payloadMimeType
    .filter((it) => !/fhirVersion=(?!4\.)/.test(it))
    .map((it) => (it.split(';')[0] ?? '').trim().toLowerCase());
  return (['application/fhir+json', 'application/fhir+xml'] as const).find((it) => types.includes(it));
}

/**
 * The address for a partner or for one of its services: a fixed address first, then the Endpoints of the service, then
 * those of its organisation. `directory-endpoint-missing` when none of them is usable now; one without TLS is not.
 */
export function addressOf(
  network: Network,
  to: { readonly partner: string; readonly service?: string },
  now: Date,
): Result<Address> {
  const partner = network.partners.get(to.partner);
  if (partner?.channel === 'fhir-rest') {
    if (partner.address) return success({ url: partner.address, mimeType: 'application/fhir+json' });
    for (const place of [...(to.service ? [to.service] : []), partner.organization]) {
      const chosen = chooseEndpoint(securedEndpointsAt(network, place), now);
      if (chosen?.address)
        return success({
          url: urlOf(chosen.address),
          mimeType: mimeTypeOf(chosen) ?? 'application/fhir+json',
          endpoint: `Endpoint/${chosen.id}`,
        });
    }
  }
  return failure(issue('directory-endpoint-missing', { partner: to.partner }));
}

/** An address at the times of its period. */
export type TimedAddress = { readonly url: string } & Pick<Endpoint, 'period'>;

/** What `addressOf` chooses from for a partner, as plain data: the first one that is open. */
export function addressesOf(network: Network, id: string): readonly TimedAddress[] {
  const partner = network.partners.get(id);
  if (partner?.channel !== 'fhir-rest') return [];
  if (partner.address) return [{ url: partner.address }];
  return inPreference(securedEndpointsAt(network, partner.organization)).map(({ address = '', period }) => ({
    url: urlOf(address),
    ...(period ? { period } : {}),
  }));
}

const urlOf = (address: string): string => address.replace(/\/$/, '');

/**
 * The same without addresses to which data of persons must not be sent. The network's own Endpoints are checked at start;
 * those of a replicated directory change while the gateway runs.
 */
export const securedEndpointsAt = (
  { resource, settings }: Pick<Network, 'resource' | 'settings'>,
  reference: string,
): Endpoint[] => {
  const rules = addressRulesOf(settings);
  return endpointsAt(resource, reference).filter(({ address }) => !addressProblem(address ?? '', rules));
};

/** The Endpoints referenced by a service or organisation of the directory. */
export function endpointsAt(resource: Network['resource'], reference: string): Endpoint[] {
  const place = resource(reference);
  if (!isType(place, 'HealthcareService') && !isType(place, 'Organization')) return [];
  return (place.endpoint ?? []).flatMap(({ reference: at = '' }) => {
    const endpoint = resource(at);
    return isType(endpoint, 'Endpoint') ? [endpoint] : [];
  });
}
