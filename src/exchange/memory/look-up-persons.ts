import type { Bundle } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import type { Memory } from './memory.ts';

/** Whom the orders are about that an order of the graph follows from, as far as its sender may see: their referrers hear of it. */
export async function lookUpPersons(
  memory: Memory,
  { entry = [] }: Bundle,
  known: ReadonlyMap<string, Identified>,
  sender: string,
): Promise<readonly Identified[]> {
  const references = entry
    .flatMap(({ resource }) => (isType(resource, 'ServiceRequest') ? (resource.basedOn ?? []) : []))
    .flatMap(({ reference = '' }) => {
      const origin = known.get(reference.replace(/^.*\/(?=ServiceRequest\/)/, ''));
      return isType(origin, 'ServiceRequest') ? (origin.subject.reference ?? []) : [];
    });
  const wanted = [...new Set(references)].filter((it) => it.startsWith('Patient/') && !known.has(it));
  const found = await Promise.all(wanted.map((it) => memory.read('Patient', it.replace('Patient/', ''), sender)));
  return found.flatMap((it) => (it ? [parseJson(it.text) as Identified] : []));
}
