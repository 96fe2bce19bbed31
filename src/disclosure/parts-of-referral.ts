import type { Reference } from '@medplum/fhirtypes';
import type { Graph } from '../fhir/graph.ts';
import { referencedBy } from '../fhir/reference.ts';
import { type Elements, isType, type Resource } from '../fhir/resource.ts';

/**
 * Parts of a referral (verwijzing): all resources reachable from its Task and order, and everything about the person,
 * which refers to the Patient and not the reverse: the system of a GP sends a letter, allergies and medication so.
 * Only where the graph is one referral, sent as a whole: in a record of a conversation other data is about the person too.
 */
export function partsOfReferral(
  graph: Graph,
  roots: readonly Resource[],
  isSentTogether: boolean,
): ReadonlySet<Resource> {
  const found = new Set<Resource>();
  collect(graph, roots, found);
  const persons = new Set(roots.flatMap((it) => (isType(it, 'Patient') ? it : personsOf(graph, it))));
  collect(
    graph,
    graph.resources.filter(
      (it) =>
        (isSentTogether || isType(it, 'RelatedPerson')) &&
        !ownMessages.has(it.resourceType) &&
        isAbout(graph, it, persons),
    ),
    found,
  );
  for (const it of graph.resources) if (organisationTypes.has(it.resourceType)) found.add(it);
  return found;
}

/**
 * Types about places and organisations, not persons. They are always part of the referral, even when no reference
 * resolves to them, as in the referral that Nictiz publishes: a wrong id must not lose them.
 */
const organisationTypes: ReadonlySet<string> = new Set(['Location', 'Organization', 'HealthcareService', 'Endpoint']);

/** Each is a message with a right to read of its own. */
const ownMessages: ReadonlySet<string> = new Set(['Task', 'ServiceRequest', 'Appointment', 'Communication']);

/** Elements that name the person whom a resource is about; `participant` and `author` name people who took part. */
const personElements = ['subject', 'patient', 'for', 'beneficiary', 'individual'] as const;

function personsOf(graph: Graph, resource: Resource): Resource[] {
  const elements = resource as unknown as Elements;
  return personElements.flatMap((name) => {
    const value = elements[name];
    return (Array.isArray(value) ? value : [value]).flatMap((it) => {
      if (typeof it !== 'object' || it === null) return [];
      const person = graph.resolve(it as Reference);
      return isType(person, 'Patient') ? [person as Resource] : [];
    });
  });
}

/** Data that is about another person too, such as a mother, is not of this referral alone. */
function isAbout(graph: Graph, resource: Resource, persons: ReadonlySet<Resource>): boolean {
  const about = personsOf(graph, resource);
  return about.length > 0 && about.every((it) => persons.has(it));
}

function collect(graph: Graph, from: readonly Resource[], found: Set<Resource>): void {
  const pending = from.filter((it) => !found.has(it));
  for (const it of pending) found.add(it);
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const text of referencedBy(next)) {
      const target = graph.resolve({ reference: text });
      if (!target || found.has(target)) continue;
      found.add(target);
      pending.push(target);
    }
  }
}
