import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import { type Command, InvalidArgumentError } from 'commander';
import { isError } from '../fhir/issue.ts';
import { openOwnValidator } from '../main/own-validator.ts';
import { printIssues } from '../main/print-issues.ts';
import { demoNetwork } from '../main.ts';
import { answerQuestions } from '../validation/index.ts';
import { filesAt } from './files-at.ts';
import { openMessageJudge } from './judge-message.ts';
import { httpUrl, type Language, languageOption } from './options.ts';
import { readResource } from './read-resource.ts';
import { progressOn } from './validate-progress.ts';
import { countsOf, isBestPractice, summary } from './validate-summary.ts';
import type { Verdict } from './verdict.ts';

type Options = {
  readonly profile: readonly string[];
  readonly package: readonly string[];
  readonly terminology?: string;
  readonly unknownExtensions?: 'ignore' | 'information' | 'warning' | 'error';
  readonly as?: string;
  readonly network: string;
  readonly from?: string;
  readonly bestPractice?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly language: Language;
};

/**
 * `mgn validate FILE...`: one line (or JSON object) per file; exit code 1 when any is invalid, 2 when any is undecided. With
 * `--as` each file is a message to the gateway: the findings are those of its dry run.
 */
export const registerValidate = (program: Command): void => {
  program
    .command('validate')
    .description('validate FHIR R4 resources in JSON or XML against base R4, their own profiles and those you name')
    .argument('<file...>', 'files, folders with all their folders, or - for the standard input; JSON or XML')
    .option('--profile <url>', 'profile to validate against, besides meta.profile; repeat for more', collect, [])
    .option('--package <path>', 'FHIR package with profiles, a folder or .tgz file; repeat for more', collect, [])
    .option(
      '--terminology <url>',
      'FHIR base of a terminology server, for codes of systems that are not available locally',
      httpUrl,
    )
    .option('--unknown-extensions <severity>', 'ignore, information, warning or error', severityOf)
    .option(
      '--as <form>',
      'what the gateway would find in each file as a message of this form or kind, such as referral',
    )
    .option('--network <dir>', 'with --as: folder of the network', demoNetwork)
    .option('--from <partner>', 'with --as: sending partner; by default the first that may send it')
    .option('--best-practice', 'also print recommendations of R4 (dom-6: a resource should have a narrative)')
    .option('--quiet', 'print only what is not valid, and its errors and warnings')
    .option('--json', 'one JSON object per file, with all findings')
    .addOption(languageOption())
    .action(async (given: string[], options: Options) => {
      const asMessage = options.as === undefined ? undefined : await openMessageJudge({ ...options, as: options.as });
      if (asMessage && !asMessage.ok) {
        process.stderr.write(`${asMessage.issues.join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const { files, packages, profiles } = sorted(given, options);
      const { unknownExtensions } = options;
      const validator = await openOwnValidator(packages, unknownExtensions ? { unknownExtensions } : {});
      const terminology = options.terminology ? await openTerminologyAt(options.terminology) : undefined;
      const found = await Promise.all(
        files.map(async (path) => ({ path, result: await filesAt(path, { recursive: true }) })),
      );
      const paths = found.flatMap(({ path, result }) => (result.ok ? result.value : [path]));
      const lost = new Map(found.flatMap(({ path, result }) => (result.ok ? [] : [[path, result.issues] as const])));
      const progress = progressOn(process.stderr, paths.length, options.language);
      const counts = countsOf();
      for (const file of paths) {
        const issues = lost.get(file);
        const judgement: Verdict = issues
          ? { file, verdict: 'invalid', issues }
          : await (asMessage?.ok ? asMessage.judge : judge)(file);
        counts[judgement.verdict]++;
        progress.clear();
        print(judgement, options);
        progress.show(counts);
      }
      progress.clear();
      await terminology?.close();
      if (paths.length > 1 && !options.json && !options.quiet)
        process.stdout.write(`${summary(counts, options.language)}\n`);
      process.exitCode = counts.invalid > 0 ? 1 : counts.undecided > 0 ? 2 : 0;

      async function judge(file: string): Promise<Verdict> {
        const read = await readResource(file);
        if (!read.ok) return { file, verdict: 'invalid', issues: read.issues };
        const { resource, text } = read.value;
        const report = validator.validate(resource, { profiles, text });
        const answered = terminology ? await answerQuestions(report, terminology.ask) : report;
        const issues = [...read.issues, ...answered.issues];
        return { file, verdict: issues.some(isError) ? 'invalid' : answered.verdict, issues };
      }
    });
};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/**
 * Earlier releases took several values after one --profile or --package: a URL and an archive are no files to validate,
 * so they are still understood as such.
 */
function sorted(given: readonly string[], options: Options) {
  const isUrl = (it: string): boolean => /^(?:https?:|urn:)/.test(it) && !existsSync(it);
  const isArchive = (it: string): boolean => it.endsWith('.tgz');
  return {
    profiles: [...options.profile, ...given.filter(isUrl)],
    packages: [...options.package, ...given.filter(isArchive)],
    files: given.filter((it) => !isUrl(it) && !isArchive(it)),
  };
}

function severityOf(text: string): NonNullable<Options['unknownExtensions']> {
  switch (text) {
    case 'ignore':
    case 'information':
    case 'warning':
    case 'error':
      return text;
    default:
      throw new InvalidArgumentError('Use ignore, information, warning or error.');
  }
}

function print(judgement: Verdict, { json, quiet, bestPractice, language }: Options): void {
  const { file, verdict, issues } = judgement;
  if (json) process.stdout.write(`${JSON.stringify(judgement)}\n`);
  else if (!(quiet && verdict === 'valid')) {
    const shown = issues.filter(
      (it) => (bestPractice || !isBestPractice(it)) && !(quiet && it.severity === 'information'),
    );
    const lines = [`${styleText(colours[verdict], verdict)} ${file}`, ...printIssues(file, shown, language)];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

/** Loaded on demand, since it delays the start of other commands. An interactive user waits rather than retries. */
async function openTerminologyAt(url: string) {
  const { openTerminology, terminologySettings } = await import('../terminology/index.ts');
  return openTerminology(
    terminologySettings({ url, 'timeout-ms': 10_000 }),
    () => performance.now(),
    () => undefined,
  );
}

const colours = { valid: 'green', invalid: 'red', undecided: 'yellow' } as const;
