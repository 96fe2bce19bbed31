import type { Communication, Task } from '@medplum/fhirtypes';
import type { Deadline } from '../deadline/index.ts';
import { mgnCodeSystem, mgnProfile } from '../fhir/canonical.ts';
import { resourceIdentifier } from '../vocabulary/identifiers.ts';
import { legalBasisConceptOf, legalBasisExtension } from '../vocabulary/legal-basis.ts';
import { escalation } from '../workflow/index.ts';
import type { Addressee } from './addressee.ts';
import type { SilentTask } from './silent-tasks.ts';

type Identity = { readonly id: string; readonly at: Date; readonly network: string };

/** A reminder or an alert (profile mgn-notice): about the Task, without data about the person. */
export function notice(
  { task }: SilentTask,
  { rule }: Deadline,
  { reference }: Addressee,
  { id, at, network }: Identity,
) {
  const alert = rule.does === 'alert';
  const communication: Communication & { id: string } = {
    resourceType: 'Communication',
    id,
    meta: { profile: [mgnProfile('notice')] },
    identifier: [resourceIdentifier(id)],
    status: 'completed',
    category: [{ coding: [{ system: mgnCodeSystem('notice-kind'), code: alert ? 'alert' : 'reminder' }] }],
    priority: alert ? 'urgent' : 'routine',
    about: [{ reference: `Task/${task.id}`, type: 'Task' }],
    sent: at.toISOString(),
    sender: { reference: network },
    recipient: [reference as NonNullable<Communication['recipient']>[number]],
    payload: [{ contentString: textOf(task, rule.id, alert) }],
  };
  return communication;
}

const textOf = (task: Task, rule: string, alert: boolean): string =>
  alert
    ? `Spoed: deze taak (${task.status}) vraagt nu aandacht. Neem haar aan, weiger haar, of bel de verwijzer. Regel: ${rule}.`
    : `Deze taak staat nog op ${task.status}. Neem haar aan, weiger haar, of laat weten hoe het staat. Regel: ${rule}.`;

/**
 * A Coordination Task to find out why another Task is not answered. Its focus is that Task; no data about the person.
 */
export function escalationTask(
  { task, useCase, priority }: SilentTask,
  { rule, due }: Deadline,
  { reference }: Addressee,
  { id, at, network, phone }: Identity & { readonly phone?: string },
): Task & { id: string } {
  const basis = legalBasisConceptOf(task);
  return escalation({
    id,
    at,
    network,
    owner: reference as NonNullable<Task['owner']>,
    basis: basis && legalBasisExtension(basis),
    useCase,
    priority: priority as NonNullable<Task['priority']>,
    description: `Taak staat sinds de termijn van ${due.toISOString()} nog op ${task.status} (regel ${rule.id}).`,
    focus: { reference: `Task/${task.id}`, type: 'Task' },
    input: [
      ...(task.owner ? [{ type: { text: 'Owner that stays silent' }, valueReference: task.owner }] : []),
      ...(phone ? [{ type: { text: 'Telephone of that owner' }, valueString: phone }] : []),
    ],
  });
}
