import { differences, disclosureDifferences, readFolders, short } from '../../configuration/index.ts';
import { foldersOf } from '../../main/open-configuration.ts';
import { projectionsOfSet } from '../../main/projection-files.ts';
import { demoNetwork } from '../../main.ts';
import type { Store } from '../../store/port.ts';
import type { CommandResult } from './command-result.ts';
import { namedSet, setInForce } from './named-set.ts';

/** Upper bound on the differences listed per file; the rest is counted. */
const most = 40;

export async function diffSets(store: Store, a: string | undefined, b: string | undefined): Promise<CommandResult> {
  const before = await (b === undefined || a === undefined ? setInForce(store) : namedSet(store, a));
  const name = b ?? a;
  const after = await (name === undefined ? readFolders(foldersOf({ network: demoNetwork })) : namedSet(store, name));
  if (!before.ok || !after.ok) return { lines: [], issues: [...before.issues, ...after.issues], code: 2 };
  const head = `${short(before.value.digest)} -> ${short(after.value.digest)}`;
  const found = differences(before.value, after.value);
  if (found.length === 0) return { lines: [`${head}: no difference`], code: 0 };
  const byPart = Map.groupBy(found, ({ part }) => part);
  const lines = [...byPart].flatMap(([part, files]) => [
    part,
    ...files.flatMap(({ path, change, within }) => [
      `  ${change} ${path}${change === '~' && within.length === 0 ? ' (layout or comments only)' : ''}`,
      ...within.slice(0, most).map((it) => `      ${it}`),
      ...(within.length > most ? [`      and ${within.length - most} more`] : []),
    ]),
  ]);
  const [was, is] = [projectionsOfSet(before.value), projectionsOfSet(after.value)];
  const disclosed = was.ok && is.ok ? disclosureDifferences(was.value, is.value) : [];
  const wrong = [...was.issues, ...is.issues];
  return {
    lines: [head, ...lines, ...(disclosed.length ? ['disclosed', ...disclosed.map((it) => `  ${it}`)] : [])],
    ...(wrong.length ? { issues: wrong } : {}),
    code: wrong.length ? 2 : 1,
  };
}
