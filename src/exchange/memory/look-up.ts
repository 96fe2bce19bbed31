import type { Bundle } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { lookUpOrder } from './look-up-order.ts';
import { lookUpPersons } from './look-up-persons.ts';
import { atGateway, type Memory } from './memory.ts';

/** Resources at the gateway that a message refers to, as far as its sender may read them, by `Type/id`. */
export type LoadedContext = {
  readonly resources: ReadonlyMap<string, Identified>;
};

/** Upper bound on the references that are read: a message refers to a few earlier resources. */
const maximumReferences = 50;

type Reader = {
  readonly base: string;
  /** Partner with whose rights is read. */
  readonly sender: string;
};

/** Loads the resources to which the graph refers. What the sender may not read is not there, as if it did not exist. */
export async function lookUp(memory: Memory, graph: Bundle, { base, sender }: Reader): Promise<LoadedContext> {
  const resources = new Map<string, Identified>();
  const references = referencesOut(graph, base);
  for (const reference of references.slice(0, maximumReferences)) {
    const [type = '', id = ''] = reference.split('/');
    const stored = await memory.read(type, id, sender);
    if (stored) resources.set(reference, parseJson(stored.text) as Identified);
  }
  for (const it of await lookUpOrder(memory, graph, resources, sender))
    resources.set(`${it.resourceType}/${it.id}`, it);
  for (const it of await lookUpPersons(memory, graph, resources, sender))
    resources.set(`${it.resourceType}/${it.id}`, it);
  return { resources };
}

function referencesOut({ entry = [] }: Bundle, base: string): string[] {
  const inside = new Set(
    entry.flatMap(({ fullUrl, resource }) => [
      ...(fullUrl ? [fullUrl] : []),
      ...(resource?.id ? [`${resource.resourceType}/${resource.id}`] : []),
    ]),
  );
  const out = entry
    .flatMap(({ resource }) => (resource ? referencesIn(resource) : []))
    .flatMap(({ text }) => (text === undefined || inside.has(text) ? [] : (atGateway(text, base) ?? [])));
  return [...new Set(out)];
}
