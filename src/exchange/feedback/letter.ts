import type { Bundle } from '@medplum/fhirtypes';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { runOutgoingMap } from '../maps/outgoing.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';

/**
 * The letter that a referrer in care can read and file (mgn-feedback-document), made by the map that mappings/outgoing.yaml
 * names, of what disclosure let through and the organisation that tells it.
 */
export function letterOf(
  { network, world, outgoing }: Pick<DecisionContext, 'network' | 'world' | 'outgoing'>,
  onLetter: Bundle,
  teller: string,
): Bundle & Identified {
  const organization = network.resource(network.partners.get(teller)?.organization ?? '');
  const resources = [...resourcesOf(onLetter), ...(organization ? [organization] : [])];
  const entry = resources.map((resource) => ({
    fullUrl: `${network.settings.baseUrl}/${resource.resourceType}/${resource.id}`,
    resource,
  }));
  const input = { resourceType: 'Bundle', type: 'collection', entry };
  const letter = runOutgoingMap<Bundle & Identified>(outgoing.letter, input, world.newId());
  return { ...letter, meta: { ...letter.meta, source: sourceOfPartner(teller) } };
}
