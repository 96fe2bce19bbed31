import { isType } from '../../fhir/resource.ts';
import { type Availability, availabilityOf } from '../../routing/index.ts';
import type { Network } from '../network.ts';

const none: Availability = { waitingTimes: [] };

/** Returns waiting times and capacity of services, parsed once per service. */
export function availabilityReader(resource: Network['resource']): Network['availability'] {
  const read = new Map<string, Availability>();
  return (reference) => {
    const known = read.get(reference);
    if (known) return known;
    const service = resource(reference);
    const availability = isType(service, 'HealthcareService') ? availabilityOf(service) : none;
    read.set(reference, availability);
    return availability;
  };
}
