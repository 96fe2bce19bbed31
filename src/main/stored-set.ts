import { auditEvent } from '../audit/event.ts';
import { type ConfigurationSet, readFolders, short, withFolders } from '../configuration/index.ts';
import { loadNetwork, type Network } from '../directory/index.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Store } from '../store/port.ts';
import { timeOrderedId } from '../world.ts';
import { deliveryTokens } from './delivery-tokens.ts';
import { demoLogins } from './login.ts';
import { otherNetworkIssues } from './one-network.ts';
import {
  type Configuration,
  foldersOf,
  type Installation,
  type Options,
  openConfiguration,
  openSet,
} from './open-configuration.ts';

/** Compiles a stored set. Issue: `config-set-unknown`, and those of the configuration. */
export async function openStoredSet(
  store: Store,
  digest: string,
  installation: Installation,
): Promise<Result<Configuration>> {
  const files = await store.configuration(digest);
  return files ? openSet({ digest, files }, installation) : failure(issue('config-set-unknown', { set: digest }));
}

/**
 * Checks the secrets that a compiled set needs from the environment, and that its logins are not those of a demo. Issues:
 * `config-secret-missing`, `static-tokens-outside-demo`, `presentations-outside-demo`.
 */
export function withSecrets(configured: Configuration): Result<Configuration> {
  try {
    deliveryTokens(configured.network, process.env);
    const forDemo = demoLogins(configured.network);
    return forDemo.length ? failure(...forDemo) : success(configured);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'a secret is missing';
    return failure(issue('config-secret-missing', { problem }));
  }
}

/** Checks whether a set compiles and has its secrets here; closes what it opened. */
export async function checkSet(set: ConfigurationSet, installation: Installation): Promise<Result<undefined>> {
  const opened = await openSet(set, installation);
  if (!opened.ok) return opened;
  await opened.value.terminology.close();
  await opened.value.consentSource.close();
  const checked = withSecrets(opened.value);
  return checked.ok ? success(undefined) : checked;
}

/** Stores the set on which a gateway starts, so that its decisions can be replayed, and records the start. */
export async function recordStart(store: Store, set: ConfigurationSet, now: Date): Promise<void> {
  await store.addConfiguration(set, now);
  const [last] = await store.configurationUses({ count: 1 });
  const [activated] = await store.configurationUses({ kind: 'activation', count: 1 });
  if (activated || last?.digest === set.digest) return;
  await requireOneNetwork(store, set);
  const { digest } = set;
  // when several gateways start at the same moment, one of them records it
  await store.commit({
    now,
    configuration: { digest, kind: 'start', by: 'mgn-gateway', expect: last?.seq ?? 0 },
    audit: [
      auditEvent({
        id: timeOrderedId(now.getTime()),
        at: now,
        action: 'U',
        interaction: 'start-configuration',
        outcome: 'success',
        codes: [],
        partner: { id: 'mgn-gateway', name: 'mgn-gateway' },
        configuration: digest,
      }),
    ],
  });
  await requireOneNetwork(store, set);
}

/** Throws when the store is of another network: that of a gateway which started at the same moment too. */
async function requireOneNetwork(store: Store, { files }: ConfigurationSet): Promise<void> {
  const [other] = await otherNetworkIssues(store, files);
  if (other) throw new Error(`${other.rule}: ${other.message}`);
}

/** Network of the activated set on this store; of the folder when none was activated. */
export async function networkInForce(store: Store, folder: string): Promise<Result<Network>> {
  const [activated] = await store.configurationUses({ kind: 'activation', count: 1 });
  const files = activated && (await store.configuration(activated.digest));
  return files
    ? withFolders({ digest: activated.digest, files }, ({ network }) => loadNetwork(network))
    : loadNetwork(folder);
}

/** Configuration to start on, and how the folders compare with it. */
export type ConfigurationToStart = {
  readonly configured: Configuration;
  /** `decide`: nothing was ever activated on this store. */
  readonly folders: 'decide' | 'same' | 'other';
};

/** Opens the set that was activated on this store; that of the folders when none was activated. */
export async function openConfigurationToStart(options: Options, store: Store): Promise<Result<ConfigurationToStart>> {
  const [activated] = await store.configurationUses({ kind: 'activation', count: 1 });
  if (!activated) {
    const opened = await openConfiguration(options);
    if (!opened.ok) return opened;
    const forDemo = demoLogins(opened.value.network);
    if (forDemo.length) return failure(...forDemo);
    const other = await otherNetworkIssues(store, opened.value.set.files);
    if (other.length) return failure(...other);
    return success({ configured: opened.value, folders: 'decide' }, opened.issues);
  }
  const inFolder = await readFolders(foldersOf(options));
  const other = inFolder.ok ? await otherNetworkIssues(store, inFolder.value.files) : [];
  if (other.length) return failure(...other);
  const opened = await openStoredSet(store, activated.digest, options);
  if (!opened.ok) return failure(issue('config-set-incompatible', { set: short(activated.digest) }), ...opened.issues);
  const forDemo = demoLogins(opened.value.network);
  if (forDemo.length) return failure(issue('config-set-incompatible', { set: short(activated.digest) }), ...forDemo);
  const folders = inFolder.ok && inFolder.value.digest === activated.digest ? 'same' : 'other';
  return success({ configured: opened.value, folders }, opened.issues);
}
