import { type AddressRules, openClient } from '../../outbound/client.ts';
import type { Store } from '../../store/port.ts';
import type { World } from '../../world.ts';
import type { CurrentNetwork } from '../current/current-network.ts';
import type { DirectorySource } from './source.ts';
import { type IsAcceptable, type UpdateResult, updateFrom } from './update.ts';

/** The state of the replica of a source. After a failure the replica is retained and its age reported. */
export type SourceState = {
  readonly source: string;
  /** Time of the last complete update. */
  readonly upToDateAt?: Date;
  readonly last: UpdateResult;
};

export type Replication = {
  /** Updates every source now, or waits for the update in progress. */
  readonly update: () => Promise<readonly SourceState[]>;
  readonly stop: () => Promise<void>;
};

type Options = {
  readonly store: Store;
  readonly world: World;
  readonly living: CurrentNetwork;
  /** Addresses to which it may connect. */
  readonly addressRules: () => AddressRules;
  readonly isAcceptable: IsAcceptable;
  readonly onUpdate: (state: SourceState) => void;
  readonly report: (fault: unknown) => void;
};

/** Updates the replica of each source periodically. Of several gateways on one store, one does so at a time. */
export function startReplication(sources: readonly DirectorySource[], options: Options): Replication {
  const { store, world, living: network, isAcceptable, onUpdate } = options;
  const client = openClient({ rules: options.addressRules, timeout: 30_000, connections: 4 });
  const holder = world.newId();
  const states = new Map<string, SourceState>();
  const running = new Map<string, Promise<void>>();

  const updateOne = async (source: DirectorySource): Promise<void> => {
    const milliseconds = Math.min(source.everySeconds * 1_000, 600_000);
    if (!(await store.lease(`directory ${source.id}`, { holder, now: world.now(), milliseconds }))) return;
    const startedAt = world.now();
    const last = await updateFrom(source, store, { world, client }, isAcceptable);
    await network.catchUp();
    if (!last.held) network.markUpdated(source.id, startedAt);
    const upToDateAt = last.held ? states.get(source.id)?.upToDateAt : startedAt;
    const state: SourceState = { source: source.id, last, ...(upToDateAt ? { upToDateAt } : {}) };
    states.set(source.id, state);
    onUpdate(state);
  };
  const ask = (source: DirectorySource): Promise<void> => {
    const inProgress = running.get(source.id);
    if (inProgress) return inProgress;
    const started = updateOne(source)
      .catch(options.report)
      .finally(() => running.delete(source.id));
    running.set(source.id, started);
    return started;
  };
  const timers = sources.map((source) => setInterval(() => void ask(source), source.everySeconds * 1_000));
  for (const source of sources) void ask(source);
  return {
    update: async () => {
      await Promise.all(sources.map(ask));
      return [...states.values()];
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running.values());
      await client.close();
    },
  };
}
