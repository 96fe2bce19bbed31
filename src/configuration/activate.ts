import { auditEvent } from '../audit/event.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { ConfigurationUse, Store } from '../store/port.ts';
import type { World } from '../world.ts';
import { type ConfigurationSet, short } from './set.ts';
import { lastUse } from './stored-sets.ts';

/** The operator who requests it, as recorded in the audit trail. */
export type Operator = { readonly id: string; readonly name: string };

type ActivationRequest = { readonly by: Operator; readonly requestId?: string };

/** The name under which the store records that one set was tried against another. */
const trial = (from: string, to: string): string => `configuration ${short(to)} tried against ${short(from)}`;

/** Records that a set was run over recorded messages, next to the set in force. */
export async function recordTrial(store: Store, world: World, pair: { readonly from: string; readonly to: string }) {
  await store.commit({ now: world.now(), once: trial(pair.from, pair.to) });
}

/**
 * Whether a set may be activated: it was tried against the set in force, it was in force before, or no messages are
 * recorded to try it on.
 */
export async function mayActivate(store: Store, to: string): Promise<Result<undefined>> {
  const [now, uses] = [await lastUse(store), await store.configurationUses({ count: 1_000 })];
  if (now === undefined || uses.some(({ digest }) => digest === to)) return success(undefined);
  if ((await store.messages({ count: 1 })).items.length === 0) return success(undefined);
  return (await store.done(trial(now.digest, to)))
    ? success(undefined)
    : failure(issue('config-shadow-missing', { set: short(to) }));
}

/**
 * Puts a compiled set into force for all gateways on this store, with its audit event in the same transaction. Running
 * gateways switch to it within seconds.
 */
export async function activate(
  store: Store,
  world: World,
  set: ConfigurationSet,
  { by, requestId }: ActivationRequest,
): Promise<Result<ConfigurationUse>> {
  const now = world.now();
  await store.addConfiguration(set, now);
  const [last] = await store.configurationUses({ count: 1 });
  const committed = await store.commit({
    now,
    configuration: { digest: set.digest, kind: 'activation', by: `${by.id} ${by.name}`, expect: last?.seq ?? 0 },
    audit: [
      auditEvent({
        id: world.newId(),
        at: now,
        action: 'U',
        interaction: 'activate-configuration',
        outcome: 'success',
        codes: [],
        partner: by,
        configuration: set.digest,
        ...(requestId ? { requestId } : {}),
      }),
    ],
  });
  const [use] = await store.configurationUses({ kind: 'activation', count: 1 });
  return committed.kind === 'committed' && use ? success(use) : failure(issue('config-activation-conflict', {}));
}
