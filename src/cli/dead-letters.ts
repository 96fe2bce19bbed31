import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { requeueDeadLetters, skipDeadLetter } from '../delivery/operator/act.ts';
import { type AttemptLine, allDeadLetters, type DeadLetter, deadLetter } from '../delivery/operator/dead-letters.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import type { Result } from '../fhir/result.ts';
import { printIssues } from '../main/print-issues.ts';
import { openStore, openStoreToRead, world } from '../main.ts';
import { storeIssue } from '../store/opening-issue.ts';
import type { Store } from '../store/port.ts';
import { type Language, languageOption } from './options.ts';

type Options = { readonly store: string; readonly language: Language };
type Listing = Options & { readonly partner?: string; readonly json?: true };

/** `mgn dead-letters`, `mgn requeue`, `mgn skip`: on the store, next to a running gateway. */
export const registerDeadLetters = (program: Command): void => {
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .option('--store <store>', 'sqlite:FILE or postgres://…', 'sqlite:mgn-gateway.db')
      .addOption(languageOption());
  command(
    'dead-letters [id]',
    'list deliveries that were given up or set aside, or show one with its attempts; no content',
  )
    .option('--partner <id>', 'only those to this partner')
    .option('--json', 'one JSON object per line')
    .action((id: string | undefined, options: Listing) =>
      withStore(openStoreToRead, options, (store) =>
        id === undefined ? list(store, options) : show(store, id, options),
      ),
    );
  command('requeue [id...]', 'send dead letters again, to the address that their partner has now')
    .option('--all', 'all dead letters, and all that were set aside')
    .option('--partner <id>', 'all of this partner')
    .addHelpText(
      'after',
      '\nCorrect the cause first (address, token, settings). Exits with 1 when any was not requeued.',
    )
    .action((ids: string[], options: Options & { readonly all?: true; readonly partner?: string }) => {
      const wishes = [
        ...(ids.length ? [{ ids }] : []),
        ...(options.all ? [{ all: true as const }] : []),
        ...(options.partner === undefined ? [] : [{ partner: options.partner }]),
      ];
      const [wish] = wishes;
      if (!wish || wishes.length > 1) throw new Error('Name ids, or use --all, or use --partner.');
      return withStore(openExisting, options, async (store) => {
        const { requeued, issues } = await requeueDeadLetters({ store, world, by: operator() }, wish);
        return {
          lines: [...requeued.map((it) => `${it} is in the queue again`), `${requeued.length} requeued`],
          issues,
        };
      });
    });
  command('skip <id>', 'end a dead letter without sending it, so that later messages of its journey are delivered')
    .requiredOption(
      '--reason <text>',
      'how the receiver is notified instead; recorded in the audit trail, no personal data',
    )
    .action((id: string, options: Options & { readonly reason: string }) =>
      withStore(openExisting, options, async (store) => {
        const skipped = await skipDeadLetter({ store, world, by: operator() }, id, options.reason);
        return skipped.ok ? { lines: [`${id} is skipped`], issues: [] } : { lines: [], issues: skipped.issues };
      }),
    );
};

const operator = () => ({ id: 'mgn-cli', name: userInfo().username });

type Said = { readonly lines: readonly string[]; readonly issues: readonly Issue[] };

async function list(store: Store, { partner, json }: Listing): Promise<Said> {
  const lines: string[] = [];
  let count = 0;
  for await (const it of allDeadLetters(store, partner)) {
    count++;
    lines.push(json ? JSON.stringify(it) : textOf(it));
  }
  return { lines: json ? lines : [...lines, `${count} not delivered`], issues: [] };
}

async function show(store: Store, id: string, { json }: Listing): Promise<Said> {
  const found = await deadLetter(store, id);
  if (!found) return { lines: [], issues: [issue('dead-letter-unknown', { id })] };
  return { lines: json ? [JSON.stringify(found)] : [textOf(found), ...found.tried.map(attemptText)], issues: [] };
}

const textOf = ({ id, partner, kind, state, because, task, createdAt, retryAt, attempts }: DeadLetter): string =>
  [
    `${id}  ${partner}  ${kind}  ${state}`,
    `  ${because ?? 'not tried yet'}`,
    `  ${task ? `${task}, ` : ''}since ${createdAt.toISOString()}, ${attempts} attempts${retryAt ? `, next at ${retryAt.toISOString()}` : ''}`,
  ].join('\n');

const attemptText = ({ at, outcome, status, milliseconds, because }: AttemptLine): string =>
  `  ${at.toISOString()}  ${outcome}  ${status ?? '-'}  ${milliseconds} ms${because ? `  ${because}` : ''}`;

/** An act on a store that does not exist is a mistake in its address. */
async function openExisting(address: string): Promise<Result<Store>> {
  const existing = await openStoreToRead(address);
  if (!existing.ok) return existing;
  await existing.value.close();
  return openStore(address, { thread: 'none' });
}

async function withStore(
  open: (address: string) => Promise<Result<Store>>,
  { store: address, language }: Options,
  act: (store: Store) => Promise<Said>,
): Promise<void> {
  const opened = await open(address);
  if (!opened.ok) {
    process.stderr.write(`${printIssues('--store', opened.issues, language).join('\n')}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    const { lines, issues } = await act(opened.value);
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
    if (issues.length > 0) process.stderr.write(`${printIssues('mgn', issues, language).join('\n')}\n`);
    process.exitCode = issues.length > 0 ? 1 : 0;
  } catch (fault) {
    const failed = storeIssue(fault, address);
    if (!failed) throw fault;
    process.stderr.write(`${printIssues('--store', [failed], language).join('\n')}\n`);
    process.exitCode = 2;
  } finally {
    await opened.value.close();
  }
}
