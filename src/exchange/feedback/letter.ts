import type { Bundle } from '@medplum/fhirtypes';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { runOutgoingMap } from '../maps/outgoing.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';

/**
 * The letter for a referrer in care (mgn-feedback-document), created by the map of mappings/outgoing.yaml from what was
 * disclosed and from the organisation of its author.
 */
export function letterOf(
  { network, world, outgoing }: Pick<DecisionContext, 'network' | 'world' | 'outgoing'>,
  disclosed: Bundle,
  author: string,
): Bundle & Identified {
  const organization = network.resource(network.partners.get(author)?.organization ?? '');
  const resources = [...resourcesOf(disclosed), ...(organization ? [organization] : [])];
  const entry = resources.map((resource) => ({
    fullUrl: `${network.settings.baseUrl}/${resource.resourceType}/${resource.id}`,
    resource,
  }));
  const input = { resourceType: 'Bundle', type: 'collection', entry };
  const letter = runOutgoingMap<Bundle & Identified>(outgoing.letter, input, world.newId());
  return { ...letter, meta: { ...letter.meta, source: sourceOfPartner(author) } };
}
