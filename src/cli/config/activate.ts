import { userInfo } from 'node:os';
import { activate, mayActivate, previousSet, short } from '../../configuration/index.ts';
import type { Result } from '../../fhir/result.ts';
import { openSet } from '../../main/open-configuration.ts';
import { world } from '../../main.ts';
import type { Store } from '../../store/port.ts';
import type { CommandResult } from './command-result.ts';
import { namedSet } from './named-set.ts';

type Options = { readonly previous?: true; readonly withoutShadow?: true };

/** Puts a set into force. It must compile, and its effects must have been reviewed by a shadow run. */
export async function activateSet(store: Store, name: string | undefined, options: Options): Promise<CommandResult> {
  if ((name === undefined) === (options.previous === undefined))
    throw new Error('Name the set to activate, or use --previous.');
  const set = await (name === undefined ? previousSet(store) : namedSet(store, name));
  // secrets required by a set exist only at the gateways, which report a missing one
  const opened = set.ok ? await openSet(set.value, {}) : set;
  if (!set.ok || !opened.ok) return unchanged(opened);
  await opened.value.terminology.close();
  const may = options.withoutShadow ? undefined : await mayActivate(store, set.value.digest);
  if (may?.ok === false) return unchanged(may);
  const activated = await activate(store, world, set.value, {
    by: { id: 'mgn-config', name: userInfo().username },
  });
  if (!activated.ok) return unchanged(activated);
  return {
    lines: [`${short(set.value.digest)} is in force. Running gateways switch to it within seconds.`],
    code: 0,
  };
}

const unchanged = ({ issues }: Pick<Result<unknown>, 'issues'>): CommandResult => ({
  lines: ['Nothing was changed: the set in force remains.'],
  issues,
  code: 2,
});
