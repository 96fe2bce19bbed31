import type { Bundle, HealthcareService, Reference, Task, TaskInput } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { type Graph, graphOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { ChosenOwner, Decision } from './decision.ts';

/**
 * The graph with the decided owner in its Task. Where people have to choose, the business status is `human-decision`,
 * and Task.input carries the owner named by the sender and the services proposed by the rules. Does not modify its
 * input.
 */
export function assign(bundle: Bundle, decision: Exclude<Decision, { readonly kind: 'refused' }>): Bundle {
  const graph = graphOf(bundle);
  return {
    ...bundle,
    entry: (bundle.entry ?? []).map((entry) =>
      isType(entry.resource, 'Task') ? { ...entry, resource: assigned(graph, entry.resource, decision) } : entry,
    ),
  };
}

function assigned(graph: Graph, task: Task, decision: Exclude<Decision, { readonly kind: 'refused' }>): Task {
  const assignedTask: Task = { ...task, owner: referenceTo(decision.owner) };
  if (decision.kind === 'assigned') return assignedTask;
  const named = namedOwner(graph, task);
  const proposed = (decision.proposed ?? []).map(
    (it, index): TaskInput => ({
      type: { text: `Service proposed by the rules, number ${index + 1}` },
      valueReference: referenceTo(it),
    }),
  );
  const inputs = [...(named ? [named] : []), ...proposed];
  return {
    ...assignedTask,
    businessStatus: {
      coding: [{ system: mgnCodeSystem('business-status'), code: 'human-decision', display: 'A human has to decide' }],
    },
    ...(inputs.length > 0 ? { input: [...(task.input ?? []), ...inputs] } : {}),
  };
}

const referenceTo = ({ reference, identifier, display }: ChosenOwner): Reference<HealthcareService> => ({
  reference,
  type: 'HealthcareService',
  ...(identifier ? { identifier } : {}),
  display,
});

function namedOwner(graph: Graph, { owner }: Task): TaskInput | undefined {
  if (!owner) return undefined;
  const { reference, ...logical } = owner;
  // a reference that does not resolve in this message would resolve to something else at the receiver
  const kept = graph.resolve(owner) ? owner : logical;
  if (Object.keys(kept).length === 0) return undefined;
  return { type: { text: 'Owner that the sender named' }, valueReference: kept };
}
