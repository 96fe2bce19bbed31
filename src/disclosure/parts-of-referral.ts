import type { Graph } from '../fhir/graph.ts';
import { referencesIn } from '../fhir/reference.ts';
import { isType, type Resource } from '../fhir/resource.ts';

/**
 * Parts of a referral (verwijzing): all resources reachable from its Task and order, and every RelatedPerson of the
 * person, which refers to the Patient and not the reverse (https://hl7.org/fhir/R4/relatedperson.html).
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
 * Types about places and organisations, not persons. They are always part of the referral, even when no reference
 * resolves to them, as in the referral that Nictiz publishes: a wrong id must not lose them.
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
