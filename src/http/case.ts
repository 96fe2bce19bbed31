import type { Parameters } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { caseOf, type TimelineEvent } from '../exchange/memory/case.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import { forReader } from './reader.ts';
import { reply } from './reply.ts';

/** ServiceRequest/[id]/$case: graph and timeline of the journey of an order, as far as the reader may see it. */
export const caseOperation = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'case', async (partner, permitted) => {
    const { baseUrl } = gateway.network.settings;
    const found = await caseOf(permitted, context.req.param('id') ?? '', partner.id, baseUrl);
    if (!found) return { kind: 'refused', issues: [issue('not-found', {})] };
    const { graph, timeline } = found;
    const body: Parameters = {
      resourceType: 'Parameters',
      parameter: [{ name: 'graph', resource: graph }, ...timeline.map(event)],
    };
    const references = (graph.entry ?? []).map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);
    return { kind: 'shown', response: reply(context, body, 200), references };
  });

const event = ({ at, what, status, businessStatus }: TimelineEvent): NonNullable<Parameters['parameter']>[number] => ({
  name: 'event',
  part: [
    { name: 'at', valueInstant: at },
    { name: 'what', valueReference: { reference: what } },
    { name: 'status', valueCode: status },
    ...(businessStatus ? [{ name: 'businessStatus', valueCode: businessStatus }] : []),
  ],
});
