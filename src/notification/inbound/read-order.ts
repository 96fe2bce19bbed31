import type { Bundle, Task } from '@medplum/fhirtypes';
import type { AttemptResult, RequestRecipient } from '../../delivery/channel/channel.ts';
import { partsOfOrder } from '../../exchange/memory/journey.ts';
import { parse } from '../../exchange/reading/parse.ts';
import { clone } from '../../fhir/clone.ts';
import type { Limits } from '../../fhir/parse-error.ts';
import { referencesIn } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import { referenceBelow } from './notification.ts';

/** The server of a placer, as accessible to one attempt. */
export type Placer = {
  readonly request: RequestRecipient;
  /** Without a trailing slash. */
  readonly base: string;
  readonly limits: Partial<Limits>;
  /** Upper bound on the bytes read in one attempt. */
  readonly bytes: number;
};

export type ReadResult =
  | { readonly kind: 'read'; readonly resource: Resource; readonly text: string; readonly etag?: string }
  | { readonly kind: 'ended'; readonly sent: AttemptResult };

/** Upper bound on related resources we follow. */
const maximumParts = 50;

export const unreadable = (detail: string): { readonly kind: 'ended'; readonly sent: AttemptResult } => ({
  kind: 'ended',
  sent: { kind: 'refused', reason: { rule: 'pulled-order-invalid', detail } },
});

/** Reads `Type/id`; the response must be that resource, within the size limit. */
export async function readAtPlacer({ request: ask, limits, bytes }: Placer, place: string): Promise<ReadResult> {
  const [type = ''] = place.split('/');
  const answer = await ask('GET', place, { limit: bytes });
  if (answer.kind === 'ended') return answer;
  const parsed = parse('application/fhir+json', Buffer.from(answer.text), limits);
  if (!parsed.ok) return unreadable(type);
  const { resource, text } = parsed.value;
  const asked = place.includes('$') || `${resource.resourceType}/${resource.id}` === place;
  if (!asked) return unreadable(type);
  return { kind: 'read', resource, text, ...(answer.etag === undefined ? {} : { etag: answer.etag }) };
}

/**
 * The Task and its order as one Bundle, with the resources they reference at the same server. References become
 * absolute: a relative one must not resolve to a resource of this gateway.
 */
export async function readOrder(
  placer: Placer,
  task: Task,
  order: Resource,
): Promise<
  { readonly kind: 'order'; readonly bundle: Bundle } | { readonly kind: 'ended'; readonly sent: AttemptResult }
> {
  const { base } = placer;
  const found = new Map<string, Resource>([
    [`Task/${task.id}`, task],
    [`ServiceRequest/${order.id}`, order],
  ]);
  const open: Resource[] = [task, order];
  let left = placer.bytes;
  for (let next = open.pop(); next; next = open.pop())
    for (const { text } of referencesIn(next)) {
      const place = referenceBelow(text, base);
      if (!place || found.has(place) || !partsOfOrder.has(place.split('/')[0] ?? '') || found.size >= maximumParts)
        continue;
      const read = await readAtPlacer({ ...placer, bytes: left }, place);
      // an unavailable resource leaves a dangling reference: acceptance reports what is missing
      if (read.kind === 'ended' && read.sent.kind === 'refused' && read.sent.status !== undefined) continue;
      if (read.kind === 'ended') return read;
      left -= Buffer.byteLength(read.text);
      if (left <= 0) return unreadable('too-large');
      found.set(place, read.resource);
      open.push(read.resource);
    }
  const entry = [...found].map(([place, resource]) => ({
    fullUrl: `${base}/${place}`,
    resource: whole(resource, base),
  }));
  return { kind: 'order', bundle: { resourceType: 'Bundle', type: 'collection', entry } as Bundle };
}

function whole(resource: Resource, base: string): Resource {
  const copy = clone(resource);
  for (const { text, set } of referencesIn(copy)) {
    const place = referenceBelow(text, base);
    if (place) set(`${base}/${place}`);
  }
  return copy;
}
