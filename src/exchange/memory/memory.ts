import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { localReference } from '../../fhir/local-reference.ts';
import { parseReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Store } from '../../store/port.ts';

/** The reading side of the store that an exchange uses. */
export type Memory = Pick<Store, 'read' | 'search'>;

/** An empty store, for a dry run. */
export const noMemory: Memory = {
  read: async () => undefined,
  search: async () => ({ kind: 'found', resources: [] }),
};

/** Logical ids that the gateway assigns: lower-case UUIDs. */
export const ownId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `Type/id` of a reference to this gateway: relative or under its base however spelled, with an id in the format of the gateway. */
export function atGateway(text: string, base: string): string | undefined {
  const reference = parseReference(localReference(text, base));
  return reference.kind === 'relative' && ownId.test(reference.id) ? `${reference.type}/${reference.id}` : undefined;
}

/** Upper bound of one search; resources of one order stay far below it. */
export const maximumResults = 500;

/** Current version of `Type/id`; undefined when it is not stored, or not readable for `reader`. */
export async function readAt(memory: Memory, reference: string, reader?: string): Promise<Identified | undefined> {
  const [type = '', id = ''] = reference.split('/');
  const stored = await memory.read(type, id, reader);
  return stored && (parseJson(stored.text) as Identified);
}

/** Resources of a type whose search parameter matches one of the values, the oldest first. */
export async function find<T extends Resource>(
  memory: Memory,
  type: T['resourceType'],
  name: string,
  values: readonly string[],
  reader?: string,
): Promise<readonly (T & { readonly id: string })[]> {
  if (values.length === 0) return [];
  const query = { criteria: [{ name, values }], sort: '_lastUpdated', count: maximumResults } as const;
  const found = await memory.search(type, query, reader);
  if (found.kind !== 'found') throw new Error(`the store can't search ${type} by ${name}`);
  return found.resources.map(({ text }) => parseJson(text) as unknown as T & { readonly id: string });
}
