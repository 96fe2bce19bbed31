import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { ConfigurationUse, Store } from '../store/port.ts';
import { type ConfigurationSet, short } from './set.ts';

/** The set in force according to the store: the one activated, or the one on which a gateway last started. */
export async function lastUse(store: Store): Promise<ConfigurationUse | undefined> {
  const [activated] = await store.configurationUses({ kind: 'activation', count: 1 });
  return activated ?? (await store.configurationUses({ count: 1 }))[0];
}

/** The set in force before the current one. */
export async function previousSet(store: Store): Promise<Result<ConfigurationSet>> {
  const [now, ...before] = await store.configurationUses({ count: 1_000 });
  const previous = before.find(({ digest }) => digest !== now?.digest);
  return previous ? storedSet(store, previous.digest) : failure(issue('config-set-previous-missing', {}));
}

/** Digits of a prefix that names a set: a shorter one could come to name another set. */
const shortestPrefix = /^[0-9a-f]{8,64}$/;

/** A stored set by its digest, or by a prefix of at least eight digits that only one digest has. */
export async function storedSet(store: Store, beginning: string): Promise<Result<ConfigurationSet>> {
  const prefix = beginning.toLowerCase();
  if (!shortestPrefix.test(prefix)) return failure(issue('config-set-prefix-invalid', {}));
  const found = (await store.configurations()).filter(({ digest }) => digest.startsWith(prefix));
  const digest = found.length === 1 ? found[0]?.digest : undefined;
  const files = digest === undefined ? undefined : await store.configuration(digest);
  return digest === undefined || files === undefined
    ? failure(issue('config-set-unknown', { set: short(beginning) }))
    : success({ digest, files });
}
