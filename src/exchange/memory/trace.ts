import type { AuditEvent, Bundle, ServiceRequest } from '@medplum/fhirtypes';
import { mgnNaming } from '../../fhir/canonical.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import type { Store } from '../../store/port.ts';

/** X-Trace-Id of the journey of a resource: that of the message in which it arrived. */
export async function traceOf(store: Pick<Store, 'audit'>, reference: string): Promise<string | undefined> {
  const { items } = await store.audit({ entity: reference, count: 1 });
  const event = items[0] && parseJson(items[0].text);
  return isType(event, 'AuditEvent') ? traceIn(event) : undefined;
}

const traceIn = ({ entity = [] }: AuditEvent): string | undefined =>
  entity.find(({ what }) => what?.identifier?.system === mgnNaming('trace-id'))?.what?.identifier?.value;

/** `ServiceRequest/id` of the earlier order at this gateway on which a graph is based, or which it replaces. */
export function originOf({ entry = [] }: Bundle): string | undefined {
  const inside = new Set(entry.map(({ resource }) => `${resource?.resourceType}/${resource?.id}`));
  return entry
    .flatMap(({ resource }) => {
      const { basedOn = [], replaces = [] } = (resource ?? {}) as Partial<ServiceRequest>;
      return Array.isArray(basedOn) && Array.isArray(replaces) ? [...basedOn, ...replaces] : [];
    })
    .map(({ reference }) => reference)
    .find((it) => it?.startsWith('ServiceRequest/') && !inside.has(it));
}

/** One trace per journey: a request without X-Trace-Id continues the trace of the resource that it changes. */
export async function withJourneyTrace<Traced extends { readonly traceId: string }>(
  store: Pick<Store, 'audit'>,
  envelope: { readonly traceId?: string | undefined },
  received: Traced,
  reference: string | undefined,
): Promise<Traced> {
  if (envelope.traceId || !reference) return received;
  const traceId = await traceOf(store, reference);
  return traceId ? { ...received, traceId } : received;
}
