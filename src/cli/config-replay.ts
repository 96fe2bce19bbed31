import { replay, short } from '../configuration/index.ts';
import { openStoredSet } from '../main/stored-set.ts';
import type { Store } from '../store/port.ts';
import type { Said } from './config.ts';
import { latest, named, type Selection } from './config-messages.ts';

/** Makes recorded decisions again, each by the set that made it, and tells which do not come out the same to the byte. */
export async function replayMessages(store: Store, ids: readonly string[], selection: Selection): Promise<Said> {
  const counts = { same: 0, other: 0, 'set-unknown': 0 };
  const lines: string[] = [];
  const messages = ids.length > 0 ? named(store, ids) : latest(store, selection);
  const open = async (digest: string) => {
    const opened = await openStoredSet(store, digest, {});
    return opened.ok ? opened.value : undefined;
  };
  for await (const { message, configuration, verdict, differs } of replay(store, messages, open)) {
    counts[verdict] += 1;
    if (verdict === 'other') lines.push(`${message} by ${short(configuration)}: other in ${differs.join(', ')}`);
    if (verdict === 'set-unknown') lines.push(`${message} by ${short(configuration)}: that set cannot be opened here`);
  }
  const says = [
    `${counts.same} decisions come out the same, to the byte`,
    ...(counts.other ? [`${counts.other} come out other`] : []),
    ...(counts['set-unknown'] ? [`${counts['set-unknown']} could not be made again`] : []),
  ];
  return { lines: [...lines, ...says], code: counts.other + counts['set-unknown'] > 0 ? 1 : 0 };
}
