import type { Bundle } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import type { Memory } from './memory.ts';

/** Patients of the orders on which an order of the graph is based, as far as its sender may read them: for feedback. */
export async function lookUpPersons(
  memory: Memory,
  { entry = [] }: Bundle,
  loaded: ReadonlyMap<string, Identified>,
  sender: string,
): Promise<readonly Identified[]> {
  const references = entry
    .flatMap(({ resource }) => (isType(resource, 'ServiceRequest') ? (resource.basedOn ?? []) : []))
    .flatMap(({ reference = '' }) => {
      const origin = loaded.get(reference.replace(/^.*\/(?=ServiceRequest\/)/, ''));
      return isType(origin, 'ServiceRequest') ? (origin.subject.reference ?? []) : [];
    });
  const missing = [...new Set(references)].filter((it) => it.startsWith('Patient/') && !loaded.has(it));
  const found = await Promise.all(missing.map((it) => memory.read('Patient', it.replace('Patient/', ''), sender)));
  return found.flatMap((it) => (it ? [parseJson(it.text) as Identified] : []));
}
