import { type ConfigurationSet, readFolders, short, withFolders } from '../configuration/index.ts';
import { loadNetwork, type Network } from '../directory/index.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Store } from '../store/port.ts';
import { type Configured, foldersOf, type Options, openDeciding, openSet, type Placing } from './deciding.ts';
import { deliveryTokens } from './delivery-tokens.ts';

/** A set that the store remembers, compiled. */
export async function openKnown(store: Store, digest: string, placing: Placing): Promise<Result<Configured>> {
  const files = await store.configuration(digest);
  return files ? openSet({ digest, files }, placing) : failure(issue('config-set-unknown', { set: digest }));
}

/** Whether this gateway has what a set asks of it besides: a set that compiles may name secrets that are not here. */
export function usableHere(configured: Configured): Result<Configured> {
  try {
    deliveryTokens(configured.network, process.env);
    return success(configured);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'a secret is missing';
    return failure(issue('config-secret-missing', { problem }));
  }
}

/** Whether a set compiles and can be used here; nothing of it stays open. */
export async function worksHere(set: ConfigurationSet, placing: Placing): Promise<Result<undefined>> {
  const opened = await openSet(set, placing);
  if (!opened.ok) return opened;
  await opened.value.terminology.close();
  const usable = usableHere(opened.value);
  return usable.ok ? success(undefined) : usable;
}

/** Keeps the files of the set that a gateway starts on, so that what it decides can be replayed, and notes that it decides. */
export async function noteStart(store: Store, set: ConfigurationSet, now: Date): Promise<void> {
  await store.addConfiguration(set, now);
  const [last] = await store.configurationUses({ count: 1 });
  const [activated] = await store.configurationUses({ kind: 'activation', count: 1 });
  if (activated || last?.digest === set.digest) return;
  const { digest } = set;
  // of several gateways that start at this moment one notes it first
  await store.commit({ now, configuration: { digest, kind: 'start', by: 'mgn-gateway', expect: last?.seq ?? 0 } });
}

/** The network by which the gateways on this store decide, as its files tell it: of the folder unless a set was activated. */
export async function networkInForce(store: Store, folder: string): Promise<Result<Network>> {
  const [activated] = await store.configurationUses({ kind: 'activation', count: 1 });
  const files = activated && (await store.configuration(activated.digest));
  return files
    ? withFolders({ digest: activated.digest, files }, ({ network }) => loadNetwork(network))
    : loadNetwork(folder);
}

/** What decides at a start, and how that stands to the folders. */
export type Chosen = {
  readonly configured: Configured;
  /** `decide`: nothing was ever activated on this store. */
  readonly folders: 'decide' | 'same' | 'other';
};

/** The set that was activated on this store; where none was, that of the folders. */
export async function openChosen(options: Options, store: Store): Promise<Result<Chosen>> {
  const [activated] = await store.configurationUses({ kind: 'activation', count: 1 });
  if (!activated) {
    const opened = await openDeciding(options);
    return opened.ok ? success({ configured: opened.value, folders: 'decide' }, opened.issues) : opened;
  }
  const opened = await openKnown(store, activated.digest, options);
  if (!opened.ok) return failure(issue('config-set-incompatible', { set: short(activated.digest) }), ...opened.issues);
  const there = await readFolders(foldersOf(options));
  const folders = there.ok && there.value.digest === activated.digest ? 'same' : 'other';
  return success({ configured: opened.value, folders }, opened.issues);
}
