import type { Issue } from '../fhir/issue.ts';
import { printIssues } from '../main/print-issues.ts';
import { openStore, openStoreToRead } from '../main.ts';
import { storeIssue } from '../store/opening-issue.ts';
import type { Store } from '../store/port.ts';
import type { StoreOptions } from './reading-store.ts';

/**
 * Runs `act` on an existing store, next to a running gateway: exit code 1 for what it reports, 2 for the store. A store that
 * does not exist is a mistake in its address.
 */
export async function onExistingStore(
  { store: address, language }: Pick<StoreOptions, 'store' | 'language'>,
  act: (store: Store) => Promise<readonly Issue[]>,
): Promise<void> {
  const print = (where: string, issues: readonly Issue[], code: 1 | 2) => {
    process.stderr.write(`${printIssues(where, issues, language).join('\n')}\n`);
    process.exitCode = code;
  };
  const existing = await openStoreToRead(address);
  if (!existing.ok) return print('--store', existing.issues, 2);
  await existing.value.close();
  const opened = await openStore(address, { thread: 'none' });
  if (!opened.ok) return print('--store', opened.issues, 2);
  try {
    const issues = await act(opened.value);
    if (issues.length > 0) print('mgn', issues, 1);
  } catch (fault) {
    const failed = storeIssue(fault, address);
    if (!failed) throw fault;
    print('--store', [failed], 2);
  } finally {
    await opened.value.close();
  }
}
