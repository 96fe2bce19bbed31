import type { Task } from '@medplum/fhirtypes';
import { auditEvent } from '../../audit/event.ts';
import type { AttemptResult } from '../../delivery/channel/channel.ts';
import { dispatchesOfOwn } from '../../exchange/disclose/dispatch.ts';
import { addressOfPlacer } from '../../exchange/maps/filler-order.ts';
import { legalBasis } from '../../vocabulary/legal-basis.ts';
import { escalation } from '../../workflow/index.ts';
import type { PullContext } from './refusal.ts';

type Refused = Extract<AttemptResult, { readonly kind: 'refused' }>;

/**
 * Reports that an order could not be taken in to the people who must act: a Task `escalate` of the team that decides by
 * hand, which the placer may read too. The Task at the placer stays as it is: only people reject. Each version of it is
 * reported once. It has the codes of the reasons and the address of the Task, and nothing about the person.
 */
export async function reportRefusal(
  { gateway, partner, requestOf }: PullContext,
  at: { readonly task: Task; readonly etag: string | undefined; readonly url: string },
  refusal: Refused,
): Promise<AttemptResult> {
  const { store, network, world } = gateway;
  const team = network.directory.service(network.settings.registrationTeam)!;
  const recipient = network.partners.get(team.partner ?? '');
  const now = world.now();
  const { requestId, traceId } = requestOf(at.task);
  const codes = refusal.reason.detail ?? refusal.reason.rule;
  const task = escalation({
    id: world.newId(),
    at: now,
    network: network.settings.organization,
    owner: { reference: team.reference, type: 'HealthcareService', display: team.name },
    basis: legalBasis(partner.coordinationTask?.legalBasis.care ?? 'legal-duty'),
    useCase: 'registration',
    description: `De gateway kon een Task bij de plaatser niet aannemen (${codes}). Zijn Task is niet gewijzigd. Neem contact op met de plaatser.`,
    focus: { type: 'Task', identifier: addressOfPlacer(at.url) },
    partOf: [{ type: 'Task', identifier: addressOfPlacer(at.url) }],
    input: [
      {
        type: { text: 'Placer' },
        valueReference: { reference: partner.organization, display: partner.name },
      },
      { type: { text: 'Codes of the reasons' }, valueString: codes },
    ],
  });
  await store.commit({
    now,
    once: `refused ${partner.id} ${at.url} ${at.etag ?? at.task.meta?.versionId ?? ''} ${codes}`,
    changes: [
      { resource: task, expect: 'new', readers: [...new Set([partner.id, ...(recipient ? [recipient.id] : [])])] },
    ],
    dispatches: dispatchesOfOwn(gateway, task, { recipient, kind: 'escalate', traceId }),
    audit: [
      auditEvent({
        id: world.newId(),
        at: now,
        action: 'C',
        interaction: 'pull-refused',
        outcome: 'success',
        codes: codes.split(' '),
        requestId,
        traceId,
        partner: { id: partner.id, name: partner.name },
        references: [`Task/${task.id}`],
      }),
    ],
  });
  return refusal;
}
