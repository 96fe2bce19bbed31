import { styleText } from 'node:util';
import type { Command } from 'commander';
import { type Issue, isError } from '../fhir/issue.ts';
import { openOwnValidator } from '../main/own-validator.ts';
import { printIssues } from '../main/print-issues.ts';
import { readResource } from './read-resource.ts';

type Options = {
  readonly profile?: string[];
  readonly package?: string[];
  readonly json?: boolean;
  readonly language: 'en' | 'nl';
};
type Verdict = {
  readonly file: string;
  readonly verdict: 'valid' | 'invalid' | 'undecided';
  readonly issues: readonly Issue[];
};

/** `mgn validate FILE...`: one line (or JSON object) a file; exit 1 when any is invalid, 2 when any is undecided. */
export const registerValidate = (program: Command): void => {
  program
    .command('validate')
    .description('validate FHIR R4 resources in JSON or XML against base R4, their own profiles and those you name')
    .argument('<file...>', 'files, JSON or XML')
    .option('--profile <url...>', 'profiles to validate against, besides meta.profile')
    .option('--package <path...>', 'FHIR packages with profiles: folders or .tgz files')
    .option('--json', 'one JSON object a file, for machines')
    .option('--language <language>', 'en or nl', 'en')
    .action(async (files: string[], options: Options) => {
      const validator = await openOwnValidator(options.package ?? []);
      let exit = 0;
      for (const file of files) {
        const verdict = await judge(file);
        if (verdict.verdict === 'invalid') exit = 1;
        else if (verdict.verdict === 'undecided' && exit === 0) exit = 2;
        process.stdout.write(
          options.json ? `${JSON.stringify(verdict)}\n` : `${lines(verdict, options.language).join('\n')}\n`,
        );
      }
      process.exitCode = exit;

      async function judge(file: string): Promise<Verdict> {
        const read = await readResource(file);
        if (!read.ok) return { file, verdict: 'invalid', issues: read.issues };
        const { resource, text } = read.value;
        const report = validator.validate(resource, { profiles: options.profile ?? [], text });
        const issues = [...read.issues, ...report.issues];
        return { file, verdict: issues.some(isError) ? 'invalid' : report.verdict, issues };
      }
    });
};

const colours = { valid: 'green', invalid: 'red', undecided: 'yellow' } as const;

const lines = ({ file, verdict, issues }: Verdict, language: 'en' | 'nl'): string[] => [
  `${styleText(colours[verdict], verdict)} ${file}`,
  ...printIssues(file, issues, language),
];
