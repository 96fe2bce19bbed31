import { auditEvent } from '../../audit/event.ts';
import type { Network } from '../../directory/index.ts';
import type { Store } from '../../store/port.ts';
import type { World } from '../../world.ts';

/**
 * Wraps the store to record each delivery that a commit withdraws, in the transaction of that commit: no writer that
 * ends a right to read can forget it.
 */
export const withWithdrawalAudit = (
  store: Store,
  { world, network }: { readonly world: World; readonly network: () => Pick<Network, 'name' | 'partners'> },
): Store => ({
  ...store,
  commit: (commit) =>
    store.commit(
      commit.revocations?.length || commit.withdrawals?.length
        ? {
            ...commit,
            auditWithdrawn: (withdrawn) =>
              withdrawn.map(({ id, recipient, requestId, correlationId, traceId, about }) =>
                auditEvent({
                  id: world.newId(),
                  at: commit.now,
                  action: 'D',
                  interaction: 'withdraw-delivery',
                  outcome: 'success',
                  codes: ['delivery-forbidden', id],
                  requestId,
                  ...(correlationId ? { correlationId } : {}),
                  traceId,
                  partner: { id: 'mgn-gateway', name: network().name },
                  recipient: { id: recipient, name: network().partners.get(recipient)?.name ?? recipient },
                  ...(about ? { references: about } : {}),
                }),
              ),
          }
        : commit,
    ),
});
