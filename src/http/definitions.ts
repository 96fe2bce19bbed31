import type { Bundle } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { canonicalBase } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import type { DefinitionType } from './interactions.ts';
import { forReader } from './reader.ts';
import { reply } from './reply.ts';

type Defined = Resource & {
  readonly id: string;
  readonly url: string;
  readonly name?: string;
  readonly status?: string;
};

/** The definitions of a type in the package of the profiles, with a canonical of this gateway. */
export const definitionsOf = ({ validator }: Gateway, type: DefinitionType | 'Measure'): readonly Defined[] =>
  validator.definitions
    .entries(type)
    .filter(({ url }) => url.startsWith(`${canonicalBase}/${type}/`))
    .map((entry) => entry.read() as Defined);

const parameters = ['_id', 'url', 'name', 'status'] as const;

/** GET [type]: the definitions of this network, the same for every partner; they contain no data about persons. */
export const searchDefinitions = (gateway: Gateway, context: Context, type: string) =>
  forReader(gateway, context, 'search-type', async () => {
    const criteria = [...new URL(context.req.url).searchParams].filter(([name]) => name !== '_format');
    if (criteria.some(([name]) => !(parameters as readonly string[]).includes(name))) {
      const offered = parameters.join(', ');
      return { kind: 'refused', issues: [issue('search-parameter-unknown', { type, offered })] };
    }
    const found = definitionsOf(gateway, type as DefinitionType).filter(({ id, url, name, status }) =>
      criteria.every(([key, value]) => ({ _id: id, url, name, status })[key as 'url'] === value),
    );
    const base = gateway.network.settings.baseUrl;
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'searchset',
      total: found.length,
      entry: found.map((resource) => ({
        fullUrl: `${base}/${type}/${resource.id}`,
        resource,
        search: { mode: 'match' },
      })),
    } as Bundle;
    return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
  });

/** GET [type]/[id]: one definition. */
export const readDefinition = (gateway: Gateway, context: Context, type: string) =>
  forReader(gateway, context, 'read', async () => {
    const found = definitionsOf(gateway, type as DefinitionType).find(({ id }) => id === context.req.param('id'));
    if (!found) return { kind: 'refused', issues: [issue('not-found', {})] };
    return { kind: 'shown', response: reply(context, found, 200), references: [`${type}/${found.id}`] };
  });
