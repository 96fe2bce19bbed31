import { isType } from '../../fhir/resource.ts';
import { type Figures, figuresOf } from '../../routing/index.ts';
import type { Network } from '../network.ts';

const none: Figures = { waitingTimes: [] };

/** The figures of services, read from them once. */
export function figuresFrom(resource: Network['resource']): Network['figures'] {
  const read = new Map<string, Figures>();
  return (reference) => {
    const known = read.get(reference);
    if (known) return known;
    const service = resource(reference);
    const figures = isType(service, 'HealthcareService') ? figuresOf(service) : none;
    read.set(reference, figures);
    return figures;
  };
}
