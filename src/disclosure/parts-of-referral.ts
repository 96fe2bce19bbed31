import type { Graph } from '../fhir/graph.ts';
import { referencesIn } from '../fhir/reference.ts';
import { isType, type Resource } from '../fhir/resource.ts';

/**
 * What belongs to a referral: everything that its Task and order lead to, and the people close to the person,
 * whose RelatedPerson points to the Patient and not the other way (https://hl7.org/fhir/R4/relatedperson.html).
 */
export function partsOfReferral(graph: Graph, roots: readonly Resource[]): ReadonlySet<Resource> {
  const found = new Set<Resource>();
  collect(graph, roots, found);
  const relatedPersons = graph.all('RelatedPerson').filter((it) => {
    const person = graph.resolve(it.patient);
    return isType(person, 'Patient') && found.has(person);
  });
  collect(graph, relatedPersons, found);
  for (const it of graph.resources) if (organisationTypes.has(it.resourceType)) found.add(it);
  return found;
}

/**
 * What tells of places and organisations, not of persons: it goes along even when a reference to it is broken, as in the
 * referral that Nictiz publishes. Nothing that the sender told of where people work is lost for want of a right id.
 */
const organisationTypes: ReadonlySet<string> = new Set(['Location', 'Organization', 'HealthcareService', 'Endpoint']);

function collect(graph: Graph, from: readonly Resource[], found: Set<Resource>): void {
  const pending = from.filter((it) => !found.has(it));
  for (const it of pending) found.add(it);
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const { text } of referencesIn(next)) {
      const target = text === undefined ? undefined : graph.resolve({ reference: text });
      if (!target || found.has(target)) continue;
      found.add(target);
      pending.push(target);
    }
  }
}
