import { styleText } from 'node:util';
import type { Command } from 'commander';
import { isError } from '../fhir/issue.ts';
import { openOwnValidator } from '../main/own-validator.ts';
import { printIssues } from '../main/print-issues.ts';
import { demoNetwork } from '../main.ts';
import { answerQuestions } from '../validation/index.ts';
import { filesAt } from './files-at.ts';
import { openMessageJudge } from './judge-message.ts';
import { httpUrl, type Language, languageOption } from './options.ts';
import { readResource } from './read-resource.ts';
import type { Verdict } from './verdict.ts';

type Options = {
  readonly profile?: string[];
  readonly package?: string[];
  readonly terminology?: string;
  readonly as?: string;
  readonly network: string;
  readonly from?: string;
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
    .argument('<file...>', 'files or folders of files, JSON or XML')
    .option('--profile <url...>', 'profiles to validate against, besides meta.profile')
    .option('--package <path...>', 'FHIR packages with profiles: folders or .tgz files')
    .option(
      '--terminology <url>',
      'FHIR base of a terminology server, for codes of systems that are not available locally',
      httpUrl,
    )
    .option(
      '--as <form>',
      'what the gateway would find in each file as a message of this form or kind, such as referral',
    )
    .option('--network <dir>', 'with --as: folder of the network', demoNetwork)
    .option('--from <partner>', 'with --as: sending partner; by default the first that may send it')
    .option('--json', 'one JSON object per file')
    .addOption(languageOption())
    .action(async (files: string[], options: Options) => {
      const asMessage = options.as === undefined ? undefined : await openMessageJudge({ ...options, as: options.as });
      if (asMessage && !asMessage.ok) {
        process.stderr.write(`${asMessage.issues.join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const validator = await openOwnValidator(options.package ?? []);
      const terminology = options.terminology ? await openTerminologyAt(options.terminology) : undefined;
      let exit = 0;
      const found = await Promise.all(files.map(async (path) => ({ path, result: await filesAt(path) })));
      const paths = found.flatMap(({ path, result }) => (result.ok ? result.value : [path]));
      for (const file of paths) {
        const lost = found.find(({ path, result }) => path === file && !result.ok)?.result;
        const verdict: Verdict = lost
          ? ({ file, verdict: 'invalid', issues: lost.issues } as const)
          : await (asMessage?.ok ? asMessage.judge : judge)(file);
        if (verdict.verdict === 'invalid') exit = 1;
        else if (verdict.verdict === 'undecided' && exit === 0) exit = 2;
        process.stdout.write(
          options.json ? `${JSON.stringify(verdict)}\n` : `${lines(verdict, options.language).join('\n')}\n`,
        );
      }
      await terminology?.close();
      process.exitCode = exit;

      async function judge(file: string): Promise<Verdict> {
        const read = await readResource(file);
        if (!read.ok) return { file, verdict: 'invalid', issues: read.issues };
        const { resource, text } = read.value;
        const found = validator.validate(resource, { profiles: options.profile ?? [], text });
        const report = terminology ? await answerQuestions(found, terminology.ask) : found;
        const issues = [...read.issues, ...report.issues];
        return { file, verdict: issues.some(isError) ? 'invalid' : report.verdict, issues };
      }
    });
};

/** Loaded on demand, since it delays the start of other commands. An interactive user waits rather than retries. */
async function openTerminologyAt(url: string) {
  const { openTerminology, terminologySettings } = await import('../terminology/index.ts');
  return openTerminology(terminologySettings({ url, 'timeout-ms': 10_000 }), () => performance.now());
}

const colours = { valid: 'green', invalid: 'red', undecided: 'yellow' } as const;

const lines = ({ file, verdict, issues }: Verdict, language: Language): string[] => [
  `${styleText(colours[verdict], verdict)} ${file}`,
  ...printIssues(file, issues, language),
];
