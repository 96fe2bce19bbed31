import { lastUse, short } from '../../configuration/index.ts';
import { openSet } from '../../main/open-configuration.ts';
import { world } from '../../main.ts';
import type { Store } from '../../store/port.ts';
import type { CommandResult } from './command-result.ts';
import { namedSet, setInForce } from './named-set.ts';

export async function listSets(store: Store): Promise<CommandResult> {
  const [sets, uses, now] = [
    await store.configurations(),
    await store.configurationUses({ count: 1_000 }),
    await lastUse(store),
  ];
  if (sets.length === 0)
    return { lines: ['No gateway has started on this store yet, so it contains no set.'], code: 0 };
  const lines = sets.flatMap(({ digest, addedAt, files }) => [
    `${digest === now?.digest ? '*' : ' '} ${short(digest)}  ${files} files, added ${addedAt.toISOString()}`,
    ...uses
      .filter((it) => it.digest === digest)
      .reverse()
      .map(({ kind, at, by }) => `    ${said[kind]} ${at.toISOString()} by ${by}`),
  ]);
  return { lines: [...lines, '* in force'], code: 0 };
}

const said = { start: 'a gateway started on it', activation: 'activated' } as const;

export async function showSet(store: Store, name: string | undefined): Promise<CommandResult> {
  const found = await (name === undefined ? setInForce(store) : namedSet(store, name));
  if (!found.ok) return { lines: [], issues: found.issues, code: 2 };
  const { digest, files } = found.value;
  return { lines: [digest, ...files.map((it) => `  ${short(it.digest)}  ${it.path}`)], code: 0 };
}

export async function addSet(store: Store, name: string): Promise<CommandResult> {
  const found = await namedSet(store, name);
  const opened = found.ok ? await openSet(found.value, {}) : found;
  if (!found.ok || !opened.ok) return { lines: ['Nothing was added.'], issues: opened.issues, code: 2 };
  await store.addConfiguration(found.value, world.now());
  return { lines: [found.value.digest], code: 0 };
}
