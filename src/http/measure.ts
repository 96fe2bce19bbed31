import type { Bundle, Measure } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { canonicalBase } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { forReader } from './reader.ts';
import { reply } from './reply.ts';

type Published = Measure & { readonly id: string; readonly url: string };

/** The Measures of the package of the profiles. */
export const measuresOf = ({ validator }: Gateway): readonly Published[] =>
  validator.definitions
    .entries('Measure')
    .filter(({ url }) => url.startsWith(`${canonicalBase}/Measure/`))
    .map((entry) => entry.read() as Published);

const parameters = ['_id', 'url', 'name', 'status'] as const;

/** GET Measure: the measures of this network, the same for every partner (https://hl7.org/fhir/R4/measure.html). */
export const searchMeasures = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'search-type', async () => {
    const criteria = [...new URL(context.req.url).searchParams].filter(([name]) => name !== '_format');
    if (criteria.some(([name]) => !(parameters as readonly string[]).includes(name))) {
      const offered = parameters.join(', ');
      return { kind: 'refused', issues: [issue('search-parameter-unknown', { type: 'Measure', offered })] };
    }
    const found = measuresOf(gateway).filter(({ id, url, name, status }) =>
      criteria.every(([key, value]) => ({ _id: id, url, name, status })[key as 'url'] === value),
    );
    const base = gateway.network.settings.baseUrl;
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'searchset',
      total: found.length,
      entry: found.map((resource) => ({
        fullUrl: `${base}/Measure/${resource.id}`,
        resource,
        search: { mode: 'match' },
      })),
    };
    return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
  });

/** GET Measure/[id]: the definition of a measure. */
export const readMeasure = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'read', async () => {
    const found = measuresOf(gateway).find(({ id }) => id === context.req.param('id'));
    if (!found) return { kind: 'refused', issues: [issue('not-found', {})] };
    return { kind: 'shown', response: reply(context, found, 200), references: [`Measure/${found.id}`] };
  });
