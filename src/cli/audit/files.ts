import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { publicKeyOf } from '../../audit/signed-head.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { printIssues } from '../../main/print-issues.ts';
import type { Language } from '../options.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';

/** A subcommand that reads the store. Options that `mgn audit` has too are its own, wherever they stand. */
export const onStore = <Options extends StoreOptions>(
  command: Command,
  read: (
    store: Parameters<Parameters<typeof readingStore>[1]>[0],
    options: Options,
    name: string,
  ) => Promise<readonly Issue[]>,
): Command =>
  withStoreOptions(command).action((...given: unknown[]) => {
    const options = (given.at(-1) as Command).optsWithGlobals<Options>();
    return readingStore(options, (store) => read(store, options, String(given[0])));
  });

/** Prints why a command could not do its work: exit code 2. */
export function failed(where: string, issues: readonly Issue[], language: Language): void {
  process.stderr.write(`${printIssues(where, issues, language).join('\n')}\n`);
  process.exitCode = 2;
}

type Unreadable = 'audit-file-unreadable' | 'receipt-file-unreadable';

export const unreadable = (file: string, problem: string, rule: Unreadable = 'audit-file-unreadable'): Result<never> =>
  failure(issue(rule, { file, problem }));

export function textIn(file: string, rule?: Unreadable): Result<string> {
  try {
    return success(readFileSync(file, 'utf8'));
  } catch (why) {
    return unreadable(file, (why as NodeJS.ErrnoException).code ?? 'it cannot be read', rule);
  }
}

/** A public key of Ed25519 in PEM. */
export function keyIn(file: string): Result<string> {
  const text = textIn(file);
  if (!text.ok) return text;
  return publicKeyOf(text.value) ? text : unreadable(file, 'it is not a public key of Ed25519 in PEM');
}
