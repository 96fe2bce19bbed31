import type { Bundle, ServiceRequest } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { objects } from '../../disclosure/index.ts';
import { graphOf } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import type { Dispatch } from '../../store/port.ts';
import { consentsOf } from '../memory/consents.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/**
 * Whether feedback or an Appointment may still go to its recipient: unless the person objects to it now. Feedback without content, as after an
 * objection, may.
 */
export async function mayStillReceiveContent(
  { network, store }: Pick<Gateway, 'network' | 'store'>,
  order: ServiceRequest,
  { recipient: partner, kind, body }: Pick<Dispatch, 'recipient' | 'kind' | 'body'>,
  now: Date,
): Promise<boolean> {
  const recipient = recipientOf(network, partner);
  if (!recipient || (kind === 'feedback' && !hasContent(body))) return true;
  const consents = await consentsOf(store, [order.subject.reference ?? '']);
  const graph = graphOf({
    resourceType: 'Bundle',
    type: 'collection',
    entry: consents.map((resource) => ({ resource })),
  });
  return !objects(graph, recipient, now);
}

/** The gateway writes a Communication without content; anything beside it is of the conversation or the person. */
function hasContent(body: string): boolean {
  if (body === '') return true;
  const { entry = [] } = parseJson(body) as Bundle;
  return entry.some(({ resource }) => resource?.resourceType !== 'Communication');
}
