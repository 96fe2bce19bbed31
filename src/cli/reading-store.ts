import type { Command } from 'commander';
import type { Issue } from '../fhir/issue.ts';
import { printIssues } from '../main/print-issues.ts';
import { openStoreToRead } from '../main.ts';
import { storeIssue } from '../store/opening-issue.ts';
import type { Store } from '../store/port.ts';
import { type Language, languageOption } from './options.ts';

export type StoreOptions = { readonly store: string; readonly language: Language; readonly json?: true };

/** The options of a command that reads the store next to a running gateway. */
export const withStoreOptions = (command: Command): Command =>
  command
    .option(
      '--store <store>',
      'sqlite:FILE or postgres://…, the store of the gateway, which may be running',
      'sqlite:mgn-gateway.db',
    )
    .option('--json', 'one JSON object per line')
    .addOption(languageOption());

/** Runs `read` on the store, and prints why it could not: exit code 1 for what `read` reports, 2 for the store. */
export async function readingStore(
  { store: address, language }: StoreOptions,
  read: (store: Store) => Promise<readonly Issue[]>,
): Promise<void> {
  const opened = await openStoreToRead(address);
  const problems = (where: string, issues: readonly Issue[]) =>
    process.stderr.write(`${printIssues(where, issues, language).join('\n')}\n`);
  if (!opened.ok) {
    problems('--store', opened.issues);
    process.exitCode = 2;
    return;
  }
  try {
    const issues = await read(opened.value);
    if (issues.length === 0) return;
    problems('mgn', issues);
    process.exitCode = 1;
  } catch (fault) {
    const failed = storeIssue(fault, address);
    if (!failed) throw fault;
    problems('--store', [failed]);
    process.exitCode = 2;
  } finally {
    await opened.value.close();
  }
}
