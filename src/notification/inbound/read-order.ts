import type { Bundle, Task } from '@medplum/fhirtypes';
import type { Ask, Sent } from '../../delivery/fhir-rest.ts';
import { partsOfOrder } from '../../exchange/memory/journey.ts';
import { parse } from '../../exchange/reading/parse.ts';
import { clone } from '../../fhir/clone.ts';
import type { Limits } from '../../fhir/parse-error.ts';
import { referencesIn } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import { below } from './notification.ts';

/** A placer's server as one attempt may read it. */
export type Placer = {
  readonly ask: Ask;
  /** Without a slash at its end. */
  readonly base: string;
  readonly limits: Partial<Limits>;
  /** Bytes of all that is read in one attempt. */
  readonly bytes: number;
};

export type Read =
  | { readonly kind: 'read'; readonly resource: Resource; readonly text: string; readonly etag?: string }
  | { readonly kind: 'ended'; readonly sent: Sent };

/** An order leads to a few things; a server that leads on and on is not followed. */
const mostParts = 50;

export const unreadable = (detail: string): { readonly kind: 'ended'; readonly sent: Sent } => ({
  kind: 'ended',
  sent: { kind: 'refused', reason: { rule: 'pulled-order-invalid', detail } },
});

/** Reads `Type/id`; what comes must be that, and small enough to take in. */
export async function readAtPlacer({ ask, limits, bytes }: Placer, place: string): Promise<Read> {
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
 * The Task and its order as one Bundle, with what both lead to at the same server. References become whole addresses: what
 * is relative there must not be taken for something here.
 */
export async function readOrder(
  placer: Placer,
  task: Task,
  order: Resource,
): Promise<{ readonly kind: 'order'; readonly bundle: Bundle } | { readonly kind: 'ended'; readonly sent: Sent }> {
  const { base } = placer;
  const found = new Map<string, Resource>([
    [`Task/${task.id}`, task],
    [`ServiceRequest/${order.id}`, order],
  ]);
  const open: Resource[] = [task, order];
  let left = placer.bytes;
  for (let next = open.pop(); next; next = open.pop())
    for (const { text } of referencesIn(next)) {
      const place = below(text, base);
      if (!place || found.has(place) || !partsOfOrder.has(place.split('/')[0] ?? '') || found.size >= mostParts)
        continue;
      const read = await readAtPlacer({ ...placer, bytes: left }, place);
      // what the server does not give stays a reference that leads nowhere: acceptance tells what it misses
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
    const place = below(text, base);
    if (place) set(`${base}/${place}`);
  }
  return copy;
}
