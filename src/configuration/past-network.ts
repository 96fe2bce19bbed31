import { directoryEntries, type Network, openCurrentNetwork } from '../directory/index.ts';
import type { DirectoryEntry, Store } from '../store/port.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';

/**
 * Networks of sets as of a past moment: with the waiting times and replicated directories in the log at that time. The
 * same set and the same log yield the same network.
 */
export async function pastNetworks(store: Store): Promise<(files: Network, moment: Date) => Promise<Network>> {
  const log = await directoryEntries(store, {});
  // sets with the same network may have other projections
  const networks = new Map<Network['projections'], Map<string, Promise<Network>>>();
  return (files, moment) => {
    const entries = log.findLastIndex(({ at }) => at <= moment) + 1;
    const key = `${files.digest} ${entries}`;
    const ofSet = networks.get(files.projections) ?? new Map<string, Promise<Network>>();
    networks.set(files.projections, ofSet);
    const network = ofSet.get(key) ?? withLog(files, log.slice(0, entries), moment);
    ofSet.set(key, network);
    return network;
  };
}

async function withLog(files: Network, log: readonly DirectoryEntry[], now: Date): Promise<Network> {
  const last = new Map(log.map((it) => [`${it.type}/${it.id}`, it]));
  const directory = [...last.values()].filter(({ text }) => text !== undefined).map((it) => ({ ...it, expect: 0 }));
  const scratch = await openSqliteStore(':memory:');
  for (let at = 0; at < directory.length; at += batch)
    await scratch.commit({ now, directory: directory.slice(at, at + batch) });
  const network = (await openCurrentNetwork(files, scratch, now)).current();
  await scratch.close();
  return network;
}

const batch = 1_000;
