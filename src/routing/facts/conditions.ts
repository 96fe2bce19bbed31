import type { Condition } from '@medplum/fhirtypes';
import type { Graph } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';

/** Conditions of the person of the order. Those of another person in the same referral, such as a mother, decide nothing. */
export function conditionsOf(graph: Graph): readonly Condition[] {
  const person = graph.resolve(graph.first('ServiceRequest')?.subject);
  return graph.all('Condition').filter(({ subject }) => {
    const about = graph.resolve(subject);
    return !isType(about, 'Patient') || person === undefined || about === person;
  });
}
