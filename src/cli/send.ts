import { randomUUID } from 'node:crypto';
import type { CodeableConcept, Extension, OperationOutcome } from '@medplum/fhirtypes';
import type { Command } from 'commander';
import { issue } from '../fhir/issue.ts';
import { printIssues } from '../main/print-issues.ts';
import { requestOnce } from '../outbound/client.ts';
import { composeBundle, problemLines } from './compose-bundle.ts';
import { httpUrl, type Language, languageOption } from './options.ts';

type Options = {
  readonly to: string;
  readonly token?: string;
  readonly requestId?: string;
  readonly language: Language;
};

/** `mgn send FILE --to URL`: posts a referral as a partner would, and prints the response. */
export const registerSend = (program: Command): void => {
  program
    .command('send')
    .description('send a referral (a Bundle, or the files of one) to a gateway')
    .argument('<file...>', 'a Bundle in JSON or XML, or single resources to combine into one')
    .requiredOption('--to <url>', 'FHIR base of the gateway, such as http://localhost:8080/fhir', httpUrl)
    .option('--token <token>', 'access token of the sending partner', process.env.MGN_TOKEN)
    .option('--request-id <uuid>', 'X-Request-Id: repeat it to send the same message again')
    .addOption(languageOption())
    .action(async (files: string[], { to, token, language, requestId = randomUUID() }: Options) => {
      const composed = await composeBundle(files);
      if (!composed.ok) {
        process.stderr.write(`${problemLines(composed, language).join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const { body, contentType } = composed.value;
      const answer = await requestOnce(to, {
        method: 'POST',
        headers: {
          'content-type': contentType,
          accept: 'application/fhir+json',
          'x-request-id': requestId,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body,
      }).catch((error: unknown) => error as NodeJS.ErrnoException);
      if (answer instanceof Error) {
        const problem = answer.code ?? answer.name;
        const unreachable = issue('gateway-unreachable', { problem, requestId });
        process.stderr.write(`${printIssues(to, [unreachable], language).join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const { status, text } = answer;
      process.stdout.write(`${status} (X-Request-Id ${requestId})\n${pretty(text)}\n`);
      for (const line of outcomeLines(text, language)) process.stderr.write(`${line}\n`);
      process.exitCode = status < 300 ? 0 : 1;
    });
};

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

function outcomeLines(text: string, language: Language): string[] {
  try {
    const outcome = JSON.parse(text) as OperationOutcome;
    return outcome.resourceType === 'OperationOutcome'
      ? outcome.issue.map((it) => `${it.severity}: ${textOf(it.details, language)}`)
      : [];
  } catch {
    return [];
  }
}

/** The Dutch text is in the translation extension of the details (fhir/outcome.ts). */
function textOf(details: CodeableConcept | undefined, language: Language): string {
  const { _text } = (details ?? {}) as { _text?: { extension?: readonly Extension[] } };
  const dutch = _text?.extension?.flatMap(({ extension = [] }) => extension).find(({ url }) => url === 'content');
  return (language === 'nl' ? dutch?.valueString : undefined) ?? details?.text ?? '';
}
