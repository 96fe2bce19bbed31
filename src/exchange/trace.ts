import type { AuditEvent } from '@medplum/fhirtypes';
import { mgnNaming } from '../fhir/canonical.ts';
import { parseJson } from '../fhir/json.ts';
import { isType } from '../fhir/resource.ts';
import type { Store } from '../store/port.ts';
import type { Envelope, Received } from './envelope.ts';

/** X-Trace-Id of the journey that a resource belongs to: that of the message which brought it. */
export async function traceOf(store: Pick<Store, 'audit'>, reference: string): Promise<string | undefined> {
  const { items } = await store.audit({ entity: reference, count: 1 });
  const event = items[0] && parseJson(items[0].text);
  return isType(event, 'AuditEvent') ? traceIn(event) : undefined;
}

const traceIn = ({ entity = [] }: AuditEvent): string | undefined =>
  entity.find(({ what }) => what?.identifier?.system === mgnNaming('trace-id'))?.what?.identifier?.value;

/** One journey, one trace: who tells none goes on with that of what is moved. */
export async function onJourney(
  store: Pick<Store, 'audit'>,
  envelope: Envelope,
  received: Received,
  reference: string,
): Promise<Received> {
  if (envelope.traceId) return received;
  const traceId = await traceOf(store, reference);
  return traceId ? { ...received, traceId } : received;
}
