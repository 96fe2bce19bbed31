import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { localReference } from '../../fhir/local-reference.ts';
import { parseReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Criterion, Store } from '../../store/port.ts';

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

/** Resources and values of one search; more of them take several. */
const maximumResults = 500;
const maximumValues = 200;

/** Current version of `Type/id`; undefined when it is not stored, or not readable for `reader`. */
export async function readAt(memory: Memory, reference: string, reader?: string): Promise<Identified | undefined> {
  const [type = '', id = ''] = reference.split('/');
  const stored = await memory.read(type, id, reader);
  return stored && (parseJson(stored.text) as Identified);
}

type Finding = {
  readonly reader?: string | undefined;
  /** Of resources that state the same only one: `Query.distinct`. */
  readonly distinct?: true;
};

/** Resources of a type whose search parameter matches one of the values, the oldest first: all of them, page by page. */
export async function find<T extends Resource>(
  memory: Memory,
  type: T['resourceType'],
  name: string,
  values: readonly string[],
  finding: Finding = {},
): Promise<readonly (T & { readonly id: string })[]> {
  const found = new Map<string, T & { readonly id: string }>();
  for (let from = 0; from < values.length; from += maximumValues) {
    const criteria = [{ name, values: values.slice(from, from + maximumValues) }];
    for (const it of await findBy(memory, type, criteria, finding)) found.set(it.id, it as T & { readonly id: string });
  }
  return [...found.values()];
}

/** All resources that meet the criteria, of few values each, the oldest first. */
export async function findBy(
  memory: Memory,
  type: string,
  criteria: readonly Criterion[],
  { reader, distinct }: Finding = {},
): Promise<readonly Identified[]> {
  const query = { criteria, sort: '_lastUpdated', count: maximumResults, ...(distinct ? { distinct } : {}) };
  const found: Identified[] = [];
  let cursor: string | undefined;
  do {
    const page = await memory.search(type, { ...query, ...(cursor ? { cursor } : {}) }, reader);
    if (page.kind !== 'found') throw new Error(`the store can't search ${type} by ${criteria[0]?.name}`);
    for (const { text } of page.resources) found.push(parseJson(text) as Identified);
    cursor = page.next;
  } while (cursor);
  return found;
}
