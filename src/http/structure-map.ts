import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import { collectionPage } from './collection-search.ts';
import { forReader } from './reader.ts';
import { reply } from './reply.ts';

/** GET StructureMap: the maps of the network, the same for every partner; they contain no data about persons. */
export const searchStructureMaps = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'search-type', async () => {
    const maps = gateway.maps.map(({ id, structureMap }) => ({ ...structureMap, id }));
    const bundle = collectionPage(context, gateway.network.settings.baseUrl, 'StructureMap', maps);
    return bundle.ok
      ? { kind: 'shown', response: reply(context, bundle.value, 200), references: [] }
      : { kind: 'refused', issues: bundle.issues };
  });

/** GET StructureMap/[id]: the map as a StructureMap (https://hl7.org/fhir/R4/structuremap.html). */
export const readStructureMap = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'read', async () => {
    const found = gateway.maps.find(({ id }) => id === context.req.param('id'));
    if (!found) return { kind: 'refused', issues: [issue('not-found', {})] };
    return {
      kind: 'shown',
      response: reply(context, found.structureMap, 200),
      references: [`StructureMap/${found.id}`],
    };
  });
