import type { Task } from '@medplum/fhirtypes';
import { legalBasisConceptOf, legalBasisExtension } from '../../vocabulary/legal-basis.ts';
import { escalation } from '../../workflow/index.ts';
import type { Addressee } from '../addressee.ts';

export type Undelivered = {
  readonly task: Task & { readonly id: string };
  readonly useCase: string;
  /** The id of the delivery, by which the operator finds it. */
  readonly delivery: string;
  readonly receiver: string;
  /** Rule, status and codes; never words of the receiver. */
  readonly because: string;
  readonly phone?: string;
};

/**
 * A Coordination Task to find out why a delivery was given up. Its focus is the Task that the delivery was about; no data
 * about the person.
 */
export function undeliveredTask(
  { task, useCase, delivery, receiver, because, phone }: Undelivered,
  { reference }: Addressee,
  { id, at, network }: { readonly id: string; readonly at: Date; readonly network: string },
): Task & { id: string } {
  const basis = legalBasisConceptOf(task);
  return escalation({
    id,
    at,
    network,
    owner: reference as NonNullable<Task['owner']>,
    basis: basis && legalBasisExtension(basis),
    useCase,
    priority: task.priority ?? 'routine',
    description: `Een bericht over deze taak is niet afgeleverd bij ${receiver} (${because}). De beheerder kan het herstellen en opnieuw versturen: aflevering ${delivery}.`,
    focus: { reference: `Task/${task.id}`, type: 'Task' },
    input: [
      { type: { text: 'Delivery that failed' }, valueString: delivery },
      ...(phone ? [{ type: { text: 'Telephone of the receiver' }, valueString: phone }] : []),
    ],
  });
}
