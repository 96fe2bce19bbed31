import type { Appointment, Bundle, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { consultationReceipt, legalBasisOf } from '../../disclosure/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { Change } from '../../store/port.ts';
import { type Effect, isConsultation, isOpen, isPreparationOf, type OrderGraph } from '../../workflow/index.ts';
import { ownerOf } from '../memory/actors.ts';
import { find, type Memory } from '../memory/memory.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import { isOf } from './case.ts';
import { changeTo, nextVersion } from './coordinated.ts';

export type CalledOff = { readonly changes: readonly Change[]; readonly shares: readonly Share[] };

const planned: readonly string[] = ['proposed', 'pending', 'booked'];

/** When a consultation ends without having been held, what was planned for it is off, and who had it in the diary hears so. */
export async function calledOff(
  deciding: Pick<Deciding, 'network'>,
  memory: Memory,
  { tasks }: OrderGraph,
  { effects, now }: { readonly effects: readonly Effect[]; readonly now: Date },
): Promise<CalledOff> {
  const ended = effects.flatMap(({ resource }) =>
    isType(resource, 'Task') && isEndedConsultation(resource as Task) ? [resource as Task & Identified] : [],
  );
  const changes: Change[] = [];
  const shares: Share[] = [];
  for (const consultation of ended) {
    const references = (consultation.basedOn ?? []).flatMap(({ reference }) => reference ?? []);
    const appointments = (await find<Appointment>(memory, 'Appointment', 'based-on', references)).filter(
      (it) => isOf(it, consultation) && planned.includes(it.status),
    );
    for (const before of appointments) {
      const off = nextVersion({ ...before, status: 'cancelled' as const } as Appointment & Identified, now);
      changes.push(changeTo(off));
      const parts = tasks.filter((it) => isPreparationOf(it, consultation));
      shares.push(...parts.flatMap((part) => shareOf(deciding, part as Task & Identified, off, now) ?? []));
    }
  }
  return { changes, shares };
}

const isEndedConsultation = (task: Task): boolean =>
  isConsultation(task) &&
  !task.partOf?.length &&
  !task.focus?.reference?.startsWith('Task/') &&
  !isOpen(task) &&
  task.status !== 'completed';

/** Care has the Appointment itself; who was invited blindly, or in the social domain, has one of its own. */
function shareOf(
  { network }: Pick<Deciding, 'network'>,
  task: Task & Identified,
  off: Appointment & Identified,
  now: Date,
): Share | undefined {
  const partner = ownerOf(network, task);
  const recipient = partner ? recipientOf(network, partner) : undefined;
  if (!partner || !recipient) return undefined;
  const isWhole = off.supportingInformation !== undefined && recipient.domain !== 'social' && task.for !== undefined;
  if (!isWhole && !isOf(off, task)) return undefined;
  const bundle: Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: off }] };
  const question = { recipient, now, legalBasis: legalBasisOf(task) };
  const receipt = consultationReceipt(question, 'consultation', [off], { bundle, of: new Set([off]) });
  return {
    partner,
    purpose: 'consultation',
    bundle,
    receipt,
    channel: network.partners.get(partner)?.channel ?? 'inbox',
  };
}
