import type { Command } from 'commander';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { keyRingFor } from '../../main/key-ring.ts';
import { printIssues } from '../../main/print-issues.ts';
import { backupStore } from '../../store/moving/backup.ts';
import { type Checked, checkStore } from '../../store/moving/check/check.ts';
import { copyStore } from '../../store/moving/copy.ts';
import { migrateStore, type VerifiedTable } from '../../store/moving/migrate.ts';
import { type Place, placeOf, type SqlitePlace, shown } from '../../store/moving/place.ts';
import type { Report } from '../../store/moving/progress.ts';
import { type Language, languageOption } from '../options.ts';
import { progressOn } from '../progress.ts';
import { registerKeys } from './keys.ts';
import { registerRetention } from './retention.ts';

type Options = { readonly language: Language };
type OnStore = Options & { readonly store: string };

/** `mgn store`: move, copy, back up and check a store. See docs/operate/backup.md. */
export const registerStore = (program: Command): void => {
  const store = program
    .command('store')
    .description('move, copy, back up and check a store; what its retention would remove');
  const command = (name: string, description: string) =>
    store.command(name).description(description).addOption(languageOption());
  command('migrate <old> <new>', 'move the store of the previous release to a new file; the old one is not changed')
    .addHelpText('after', '\nStop the gateway first. Addresses: sqlite:FILE, or FILE. Both are compared at the end.')
    .action((from: string, to: string, { language }: Options) =>
      run(language, async (report) => {
        const [old, made] = [fileOf(from), fileOf(to)];
        if (!old.ok) return old;
        return made.ok ? withLines(await migrateStore(old.value.file, made.value.file, report), tableLines) : made;
      }),
    );
  command('copy <from> <to>', 'copy a store to an empty one: from a file to PostgreSQL, or back')
    .addHelpText(
      'after',
      '\nStop the gateways first. Addresses: sqlite:FILE, postgres://... Both are compared at the end.',
    )
    .action((from: string, to: string, { language }: Options) =>
      run(language, async (report) => {
        const [source, target] = [placeOf(from), placeOf(to)];
        if (!source.ok) return source;
        return target.ok ? withLines(await copyStore(source.value, target.value, report), tableLines) : target;
      }),
    );
  command('backup <file>', 'back up the store to a file, next to a running gateway')
    .option('--store <store>', 'sqlite:FILE; the server of PostgreSQL makes its own', 'sqlite:mgn-gateway.db')
    .option('--replace', 'replace the file when it exists; it stays until the new one is complete')
    .action((file: string, { language, store: address, replace }: OnStore & { readonly replace?: true }) =>
      run(language, async (report) => {
        const place = placeOf(address);
        if (!place.ok) return place;
        const made = await backupStore(place.value, file, { replace: replace ?? false, report });
        return withLines(made, (it) => [
          {
            en: `${it.file}: ${it.messages} messages, ${megabytes(it.bytes)} MB, checked`,
            nl: `${it.file}: ${it.messages} berichten, ${megabytes(it.bytes)} MB, gecontroleerd`,
          }[language],
        ]);
      }),
    );
  command(
    'check',
    'check the pages, the journal and the relations of a store, next to a running gateway; exit 1 on a problem',
  )
    .option('--store <store>', 'sqlite:FILE or postgres://...', 'sqlite:mgn-gateway.db')
    .option('--json', 'one JSON object per line: the problems, then what can be read')
    .action(({ language, store: address, json }: OnStore & { readonly json?: true }) =>
      run(language, async (report) => {
        const place = placeOf(address);
        if (!place.ok) return place;
        const ring = keyRingFor(address);
        if (!ring.ok) return ring;
        const checked = await checkStore({ ...place.value, ring: ring.value }, report);
        if (!checked.ok) return checked;
        const { problems } = checked.value;
        const lines = json ? jsonOf(checked.value, language) : [summaryOf(place.value, checked.value)[language]];
        return success({ lines, problems: json ? [] : problems, isWrong: problems.length > 0 });
      }),
    );
  registerRetention(store);
  registerKeys(store);
};

type Said = { readonly lines: readonly string[]; readonly problems?: readonly Issue[]; readonly isWrong?: boolean };

/** Exit code 2: the command could not do its work. 1: it found problems. */
async function run(language: Language, work: (report: Report) => Promise<Result<Said>>): Promise<void> {
  const progress = progressOn(process.stderr, language);
  const result = await work(progress.report).finally(progress.clear);
  const issues = result.ok ? (result.value.problems ?? []) : result.issues;
  if (issues.length > 0) process.stderr.write(`${printIssues('mgn store', issues, language).join('\n')}\n`);
  if (result.ok && result.value.lines.length > 0) process.stdout.write(`${result.value.lines.join('\n')}\n`);
  process.exitCode = result.ok ? Number(result.value.isWrong ?? false) : 2;
}

const withLines = <T>(result: Result<T>, lines: (value: T) => readonly string[]): Result<Said> =>
  result.ok ? success({ lines: lines(result.value) }) : result;

/** A file may stand without `sqlite:`. Issues: `store-type-unsupported`, `store-file-required`. */
function fileOf(address: string): Result<SqlitePlace> {
  const place = placeOf(/^[a-z]+:/.test(address) ? address : `sqlite:${address}`);
  if (!place.ok || place.value.kind === 'sqlite') return place as Result<SqlitePlace>;
  return failure(issue('store-file-required', { store: shown(place.value) }));
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

/** Each table with its rows and the start of the hash that both stores have. */
function tableLines(tables: readonly VerifiedTable[]): readonly string[] {
  const width = Math.max(...tables.map(({ table }) => table.length));
  const digits = Math.max(...tables.map(({ rows }) => String(rows).length));
  return tables.map(
    ({ table, rows, hash }) => `${table.padEnd(width)}  ${String(rows).padStart(digits)}  ${hash.slice(0, 12)}`,
  );
}

const summaryOf = (
  place: Place,
  { entries, unreadable, texts, problems, others }: Checked,
): Record<Language, string> => {
  const found = problems.length + others;
  return {
    en: `${shown(place)}: ${found} problems; readable: ${entries} of ${entries + unreadable} entries, ${texts} versions of resources`,
    nl: `${shown(place)}: ${found} problemen; leesbaar: ${entries} van ${entries + unreadable} regels van het journaal, ${texts} versies van resources`,
  };
};

const jsonOf = ({ problems, ...counts }: Checked, language: Language): readonly string[] => [
  ...problems.map(({ rule, message, dutch }) => JSON.stringify({ rule, message: language === 'nl' ? dutch : message })),
  JSON.stringify({ problems: problems.length, ...counts }),
];
