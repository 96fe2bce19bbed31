import type { Context } from 'hono';
import { orderEnvelope, orderFindings } from '../../exchange/explain/order-envelope.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { issue } from '../../fhir/issue.ts';
import { success } from '../../fhir/result.ts';
import { forReader, type ReadOutcome } from '../reader.ts';

const json = () => success('json');
const notFound = { kind: 'refused', issues: [issue('not-found', {})] } as const satisfies ReadOutcome;

/** GET /orders/[id]: the envelope of an order: its statuses, its Tasks and its deliveries, as ids, codes and times. */
export const showEnvelope = (gateway: Gateway, context: Context): Promise<Response> =>
  forReader(
    gateway,
    context,
    'see-envelope',
    async (caller) => {
      const shown = await orderEnvelope(gateway, caller, idIn(context));
      if (!shown) return notFound;
      const references = [shown.order, ...shown.tasks.map(({ task }) => task)];
      return { kind: 'shown', response: context.json(shown), references };
    },
    json,
  );

/** GET /orders/[id]/issues: what was refused or failed about an order, and why, as codes. */
export const showIssues = (gateway: Gateway, context: Context): Promise<Response> =>
  forReader(
    gateway,
    context,
    'see-issues',
    async (caller) => {
      const id = idIn(context);
      const issues = await orderFindings(gateway, caller, id);
      if (!issues) return notFound;
      return { kind: 'shown', response: context.json({ issues }), references: [`ServiceRequest/${id}`] };
    },
    json,
  );

/** Ids of the gateway only, anything else is no order: the number of a person must not be looked up by an address. */
const idIn = (context: Context): string =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(context.req.param('id') ?? '')?.[0] ?? '-';
