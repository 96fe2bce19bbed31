import type { Bundle, Task, TaskInput } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { type Graph, graphOf } from '../fhir/graph.ts';
import { isType } from '../fhir/resource.ts';
import type { Decision } from './decision.ts';

/**
 * The graph with the decision's owner in its Task, and business status `human-decision` where people have to choose;
 * they see whom the sender had named in Task.input. Never changes its input.
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

function assigned(graph: Graph, task: Task, { kind, owner }: Exclude<Decision, { readonly kind: 'refused' }>): Task {
  const { reference, identifier, display } = owner;
  const given: Task = {
    ...task,
    owner: { reference, type: 'HealthcareService', ...(identifier ? { identifier } : {}), display },
  };
  if (kind === 'assigned') return given;
  const named = namedOwner(graph, task);
  return {
    ...given,
    businessStatus: {
      coding: [{ system: mgnCodeSystem('business-status'), code: 'human-decision', display: 'A human has to decide' }],
    },
    ...(named ? { input: [...(task.input ?? []), named] } : {}),
  };
}

function namedOwner(graph: Graph, { owner }: Task): TaskInput | undefined {
  if (!owner) return undefined;
  const { reference, ...logical } = owner;
  // a reference that leads nowhere from here would lead somewhere else at the receiver
  const kept = graph.resolve(owner) ? owner : logical;
  if (Object.keys(kept).length === 0) return undefined;
  return { type: { text: 'Owner that the sender named' }, valueReference: kept };
}
