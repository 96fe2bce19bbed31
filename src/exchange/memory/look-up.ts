import type { Bundle } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { type ConsultationCase, focusOfConsultation, recallConsultation } from '../consultation/case.ts';
import { recallOrder } from './look-up-order.ts';
import { recallPersons } from './look-up-persons.ts';
import { atGateway, type Memory } from './memory.ts';

/** What the gateway holds of what a message refers to, as far as its sender may see it, by `Type/id`. */
export type Known = {
  readonly resources: ReadonlyMap<string, Identified>;
  /** What it holds but this sender may not see, and what nobody looked for because there was too much of it. */
  readonly unseen: ReadonlySet<string>;
  /** The case that a consultation is about, for the gateway's own eyes: who may know what of it hangs on all of it. */
  readonly consultation?: ConsultationCase;
};

/** A message refers to a few things that were sent before; a flood of references is no reason for a flood of reads. */
const mostReferences = 50;

/** Looks up what the graph refers to outside itself. What its sender may not see is only known to be there. */
export async function recall(memory: Memory, graph: Bundle, base: string, sender: string): Promise<Known> {
  const resources = new Map<string, Identified>();
  const references = referencesOut(graph, base);
  const unseen = new Set(references.slice(mostReferences));
  for (const reference of references.slice(0, mostReferences)) {
    const [type = '', id = ''] = reference.split('/');
    const stored = await memory.read(type, id, sender);
    if (stored) resources.set(reference, parseJson(stored.text) as Identified);
    else if (await memory.read(type, id)) unseen.add(reference);
  }
  for (const it of await recallOrder(memory, graph, resources, sender))
    resources.set(`${it.resourceType}/${it.id}`, it);
  for (const it of await recallPersons(memory, graph, resources, sender))
    resources.set(`${it.resourceType}/${it.id}`, it);
  // what is not to see and what is not there are answered alike where somebody asks to consult about it
  for (const reference of focusOfConsultation(graph, base)) unseen.delete(reference);
  const consultation = await recallConsultation(memory, graph, resources, base);
  return { resources, unseen, ...(consultation ? { consultation } : {}) };
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
