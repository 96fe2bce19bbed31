import type { Appointment, Bundle, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { consultationReceipt, groundsNoted } from '../../disclosure/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import type { Change } from '../../store/port.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { isOpen, isPreparationOf } from '../../workflow/index.ts';
import { disclosureTo } from '../disclose/disclosure-to.ts';
import type { Consequence } from '../effect/consequence.ts';
import { ownerOf } from '../memory/actors.ts';
import { find } from '../memory/memory.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { isOfTask } from './case.ts';
import { changeTo, nextVersion } from './coordinated-case.ts';

const plannedStatuses: readonly string[] = ['proposed', 'pending', 'booked'];

/** Cancels the planned Appointments of a consultation that ended without taking place, and notifies their parties. */
export const cancelAppointments: Consequence = async (gateway, { graph: { tasks }, effects, at: now }) => {
  const ended = effects.flatMap(({ resource }) =>
    isType(resource, 'Task') && isEndedConsultation(resource as Task) ? [resource as Task & Identified] : [],
  );
  const changes: Change[] = [];
  const disclosures: Disclosure[] = [];
  for (const consultation of ended) {
    const references = (consultation.basedOn ?? []).flatMap(({ reference }) => reference ?? []);
    const appointments = (await find<Appointment>(gateway.store, 'Appointment', 'based-on', references)).filter(
      (it) => isOfTask(it, consultation) && plannedStatuses.includes(it.status),
    );
    for (const before of appointments) {
      const cancelled = nextVersion({ ...before, status: 'cancelled' as const } as Appointment & Identified, now);
      changes.push(changeTo(cancelled));
      const parts = tasks.filter((it) => isPreparationOf(it, consultation));
      disclosures.push(
        ...parts.flatMap((part) => disclosureOf(gateway, part as Task & Identified, cancelled, now) ?? []),
      );
    }
  }
  return success({ changes, disclosures });
};

const isEndedConsultation = (task: Task): boolean =>
  isConsultation(task) &&
  !task.partOf?.length &&
  !task.focus?.reference?.startsWith('Task/') &&
  !isOpen(task) &&
  task.status !== 'completed';

/**
 * Parties within care received the shared Appointment; anonymous invitees and the social domain received an extract of
 * their own.
 */
function disclosureOf(
  { network }: Pick<DecisionContext, 'network'>,
  task: Task & Identified,
  cancelled: Appointment & Identified,
  now: Date,
): Disclosure | undefined {
  const partner = ownerOf(network, task);
  const recipient = partner ? recipientOf(network, partner) : undefined;
  if (!partner || !recipient) return undefined;
  const isWhole =
    cancelled.supportingInformation !== undefined && recipient.domain !== 'social' && task.for !== undefined;
  if (!isWhole && !isOfTask(cancelled, task)) return undefined;
  const { projections } = recipient;
  // an extract was composed for its recipient, by the same lines, when the consultation was planned
  const by = isWhole ? projections.message('selected', 'consultation') : projections.message('candidate', 'invitation');
  const output = isWhole ? by.project(cancelled) : cancelled;
  if (!output) return undefined;
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: output }] } as Bundle;
  const legalBasis = legalBasisOf(task);
  const evidence = {
    judged: [{ source: cancelled, output, by, permissions: {} }],
    grounds: groundsNoted(recipient, legalBasis).grounds(),
  };
  const question = { recipient, now, legalBasis };
  const receipt = consultationReceipt(question, 'consultation', [cancelled], { bundle, of: new Set([cancelled]) });
  return disclosureTo(network, { partner, purpose: 'consultation', bundle, receipt, evidence });
}
