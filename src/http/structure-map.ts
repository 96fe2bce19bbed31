import type { Bundle } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import { forReader } from './reader.ts';
import { reply } from './reply.ts';

const parameters = ['_id', 'url', 'name', 'status'] as const;

/** GET StructureMap: the maps of the network, the same for every partner; they contain no data about persons. */
export const searchStructureMaps = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'search-type', async () => {
    const criteria = [...new URL(context.req.url).searchParams].filter(([name]) => name !== '_format');
    if (criteria.some(([name]) => !(parameters as readonly string[]).includes(name))) {
      const offered = parameters.join(', ');
      return { kind: 'refused', issues: [issue('search-parameter-unknown', { type: 'StructureMap', offered })] };
    }
    const found = gateway.maps
      .map(({ structureMap }) => structureMap)
      .filter(({ id, url, name, status }) =>
        criteria.every(([key, value]) => ({ _id: id, url, name, status })[key as 'url']?.toString() === value),
      );
    const base = gateway.network.settings.baseUrl;
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'searchset',
      total: found.length,
      entry: found.map((resource) => ({
        fullUrl: `${base}/StructureMap/${resource.id}`,
        resource,
        search: { mode: 'match' },
      })),
    };
    return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
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
