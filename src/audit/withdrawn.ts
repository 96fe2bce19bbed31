import type { AuditEvent } from '@medplum/fhirtypes';
import { auditEvent } from './event.ts';

/** Facts about the network that AuditEvents of withdrawn deliveries contain. Plain data, as it is sent to the store. */
export type WithdrawalFacts = {
  /** Name of the network, whose gateway withdraws. */
  readonly network: string;
  /** Recipients with a name; another is named by its id. */
  readonly recipients: readonly { readonly id: string; readonly name: string }[];
};

/** A delivery that was withdrawn (`DispatchStatus` of store/port). */
export type WithdrawnDelivery = {
  readonly id: string;
  readonly recipient: string;
  readonly requestId: string;
  readonly correlationId?: string;
  readonly traceId: string;
  readonly about?: readonly string[];
};

/** One AuditEvent for each delivery that may no longer be sent because the right to read ended. */
export const withdrawalEvents = (
  { network, recipients }: WithdrawalFacts,
  withdrawn: readonly WithdrawnDelivery[],
  { at, newId }: { readonly at: Date; readonly newId: () => string },
): AuditEvent[] =>
  withdrawn.map(({ id, recipient, requestId, correlationId, traceId, about }) =>
    auditEvent({
      id: newId(),
      at,
      action: 'D',
      interaction: 'withdraw-delivery',
      outcome: 'success',
      codes: ['delivery-forbidden', id],
      requestId,
      ...(correlationId ? { correlationId } : {}),
      traceId,
      partner: { id: 'mgn-gateway', name: network },
      recipient: { id: recipient, name: recipients.find(({ id }) => id === recipient)?.name ?? recipient },
      ...(about ? { references: about } : {}),
    }),
  );
