import type { Bundle, Identifier, ServiceRequest } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import type { Criterion } from '../../store/port.ts';
import { consentsOf } from './consents.ts';
import { type Memory, readAt } from './memory.ts';

/** Upper bound on the related resources that are read. */
const maximumResults = 20;

/**
 * Resources of the order of a conversation record, as far as its sender may read them: the order, also where the
 * Encounter refers to it by identifier, its Tasks and the person. Of the Consents of the person all, whoever recorded
 * them: an objection that the sender does not know bars what it asks all the same.
 */
export async function lookUpOrder(
  memory: Memory,
  graph: Bundle,
  loaded: ReadonlyMap<string, Identified>,
  sender: string,
): Promise<readonly Identified[]> {
  if (!graph.entry?.some(({ resource }) => isType(resource, 'Encounter'))) return [];
  const find = (type: string, criterion: Criterion) => search(memory, type, criterion, sender);
  const named = [...loaded.values()].filter((it): it is Identified & ServiceRequest => isType(it, 'ServiceRequest'));
  const identified = await Promise.all(
    identifiersOf(graph).map(({ system, value }) =>
      find('ServiceRequest', { name: 'identifier', values: [`${text(system)}|${text(value)}`] }),
    ),
  );
  const orders = [...named, ...identified.flat()];
  const related = await Promise.all(
    orders.slice(0, maximumResults).map(async (order) => {
      const tasks = await find('Task', { name: 'focus', values: [`ServiceRequest/${order.id}`] });
      const { reference = '' } = (order as ServiceRequest).subject;
      const person = await readAt(memory, reference, sender);
      if (!isType(person, 'Patient')) return tasks;
      return [...tasks, person, ...(await consentsOf(memory, [reference]))];
    }),
  );
  return [...orders, ...related.flat()];
}

/** Identifiers by which Encounters refer to an order without its address. */
const identifiersOf = ({ entry = [] }: Bundle): Identifier[] =>
  entry
    .flatMap(({ resource }) => (isType(resource, 'Encounter') ? (resource.basedOn ?? []) : []))
    .flatMap(({ reference, identifier }) => (!reference && identifier?.system && identifier.value ? identifier : []))
    .slice(0, 2);

/** Escapes the separators of search values (https://hl7.org/fhir/R4/search.html#escaping). */
const text = (value = ''): string => value.replace(/[\\,$|]/g, '\\$&');

async function search(memory: Memory, type: string, criterion: Criterion, sender: string): Promise<Identified[]> {
  const found = await memory.search(type, { criteria: [criterion], count: maximumResults }, sender);
  return found.kind === 'found' ? found.resources.map((it) => parseJson(it.text) as Identified) : [];
}
