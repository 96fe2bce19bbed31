import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { canonicalBase } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import { collectionPage } from './collection-search.ts';
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

/** GET [type]: the definitions of this network, the same for every partner; they contain no data about persons. */
export const searchDefinitions = (gateway: Gateway, context: Context, type: string) =>
  forReader(gateway, context, 'search-type', async () => {
    const { baseUrl } = gateway.network.settings;
    const bundle = collectionPage(
      context,
      baseUrl,
      type as DefinitionType,
      definitionsOf(gateway, type as DefinitionType),
    );
    return bundle.ok
      ? { kind: 'shown', response: reply(context, bundle.value, 200), references: [] }
      : { kind: 'refused', issues: bundle.issues };
  });

/** GET [type]/[id]: one definition. */
export const readDefinition = (gateway: Gateway, context: Context, type: string) =>
  forReader(gateway, context, 'read', async () => {
    const found = definitionsOf(gateway, type as DefinitionType).find(({ id }) => id === context.req.param('id'));
    if (!found) return { kind: 'refused', issues: [issue('not-found', {})] };
    return { kind: 'shown', response: reply(context, found, 200), references: [`${type}/${found.id}`] };
  });
