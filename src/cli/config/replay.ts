import { replay, short } from '../../configuration/index.ts';
import { openStoredSet } from '../../main/stored-set.ts';
import type { Store } from '../../store/port.ts';
import { withProgress } from '../progress.ts';
import type { CommandResult } from './command-result.ts';
import { latest, named, type Selection } from './recorded-messages.ts';

/**
 * Replays recorded decisions, each with the set that made it, and lists those that are not identical to the record, byte for byte.
 */
export async function replayMessages(
  store: Store,
  ids: readonly string[],
  selection: Selection,
): Promise<CommandResult> {
  const counts = { same: 0, other: 0, 'set-unknown': 0 };
  const lines: string[] = [];
  const messages = ids.length > 0 ? named(store, ids) : latest(store, selection);
  const open = async (digest: string) => {
    const opened = await openStoredSet(store, digest, {});
    return opened.ok ? opened.value : undefined;
  };
  const total = ids.length || Number(selection.last);
  const shown = withProgress('messages', messages, { total, language: 'en' });
  for await (const { message, configuration, verdict, differs } of replay(store, shown, open)) {
    counts[verdict] += 1;
    if (verdict === 'other') lines.push(`${message} by ${short(configuration)}: differs in ${differs.join(', ')}`);
    if (verdict === 'set-unknown') lines.push(`${message} by ${short(configuration)}: that set cannot be opened`);
  }
  const says = [
    `${counts.same} decisions are identical, byte for byte`,
    ...(counts.other ? [`${counts.other} differ`] : []),
    ...(counts['set-unknown'] ? [`${counts['set-unknown']} could not be repeated`] : []),
  ];
  return { lines: [...lines, ...says], code: counts.other + counts['set-unknown'] > 0 ? 1 : 0 };
}
