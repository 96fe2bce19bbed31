import type { HealthcareService, Location } from '@medplum/fhirtypes';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { Point } from '../../routing/index.ts';
import type { PostcodeCentres } from './postcode-centres.ts';

/** The position of a service: that of its first location with one, else the centre of that location's postcode. */
export function positionOf(
  service: HealthcareService,
  resource: (reference: string) => Resource | undefined,
  centres: PostcodeCentres | undefined,
): Point | undefined {
  for (const { reference = '' } of service.location ?? []) {
    const location = resource(reference);
    const found = isType(location, 'Location') ? pointOf(location, centres) : undefined;
    if (found) return found;
  }
  return undefined;
}

function pointOf({ position, address }: Location, centres: PostcodeCentres | undefined): Point | undefined {
  if (position?.latitude !== undefined && position.longitude !== undefined)
    return { latitude: position.latitude, longitude: position.longitude };
  return centres?.get((address?.postalCode ?? '').trim().slice(0, 4));
}
