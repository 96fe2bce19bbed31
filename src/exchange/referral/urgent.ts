import type { Bundle } from '@medplum/fhirtypes';
import { urgentPriorities, useCaseOf } from '../../deadline/index.ts';
import type { Network } from '../../directory/index.ts';
import { graphOf } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import type { Assigned } from '../pipeline/kind.ts';

/**
 * Warnings to the sender of an urgent order: whether a watchdog rule alerts the owner (`urgent-alerted`,
 * `urgent-not-alerted`). The telephone number to call comes from routing (`urgent-call`).
 */
export function urgentWarnings(network: Network, bundle: Bundle, { owner }: Assigned): Issue[] {
  const graph = graphOf(bundle);
  const [task, order] = [graph.first('Task'), graph.first('ServiceRequest')];
  const priority = task?.priority ?? order?.priority ?? 'routine';
  if (!task || !urgentPriorities.includes(priority)) return [];
  const useCase = useCaseOf(task);
  const alerted = network.settings.watchdog.rules.some(
    ({ does, useCases, statuses, priorities }) =>
      does === 'alert' &&
      useCase !== undefined &&
      useCases.includes(useCase) &&
      statuses.includes('requested') &&
      (priorities === undefined || priorities.includes(priority)),
  );
  const rule = alerted ? 'urgent-alerted' : 'urgent-not-alerted';
  return [
    issue(
      rule,
      { service: owner.display },
      { expression: task.priority ? 'Task.priority' : 'ServiceRequest.priority' },
    ),
  ];
}
