import type { Network } from '../../directory/index.ts';
import type { Commit, Store } from '../../store/port.ts';

type NamedNetwork = Pick<Network, 'name' | 'partners'>;

/**
 * Wraps the store to record each delivery that a commit withdraws, in the transaction of that commit: no writer that
 * ends a right to read can forget it.
 */
export const withWithdrawalAudit = (store: Store, network: () => NamedNetwork): Store => ({
  ...store,
  commit: (commit) =>
    store.commit(
      commit.revocations?.length || commit.withdrawals?.length
        ? { ...commit, auditWithdrawn: { network: network().name, recipients: recipientsOf(network(), commit) } }
        : commit,
    ),
});

/** The partners from which this commit may withdraw a delivery. */
const recipientsOf = ({ partners }: NamedNetwork, { revocations = [], withdrawals = [] }: Commit) =>
  [...new Set([...revocations.flatMap(({ readers }) => readers), ...withdrawals.map(({ recipient }) => recipient)])]
    .flatMap((id) => partners.get(id) ?? [])
    .map(({ id, name }) => ({ id, name }));
