import { randomUUID } from 'node:crypto';
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Command } from 'commander';
import { request } from 'undici';
import { printIssues } from '../main/print-issues.ts';
import { composeBundle } from './compose-bundle.ts';

type Options = { readonly to: string; readonly token?: string; readonly requestId?: string };

/** `mgn send FILE --to URL`: posts a referral as a partner would, and shows the answer. */
export const registerSend = (program: Command): void => {
  program
    .command('send')
    .description('send a referral (a Bundle, or the files of one) to a gateway')
    .argument('<file...>', 'a Bundle in JSON or XML, or single resources to be put in one')
    .requiredOption('--to <url>', 'FHIR base of the gateway, such as http://localhost:8080/fhir')
    .option('--token <token>', 'access token of the partner that sends', process.env.MGN_TOKEN)
    .option('--request-id <uuid>', 'X-Request-Id: give the same one to send the same message again')
    .action(async (files: string[], { to, token, requestId = randomUUID() }: Options) => {
      const composed = await composeBundle(files);
      if (!composed.ok) {
        process.stderr.write(`${printIssues(files.join(' '), composed.issues).join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const { body, contentType } = composed.value;
      const answer = await request(to, {
        method: 'POST',
        headers: {
          'content-type': contentType,
          accept: 'application/fhir+json',
          'x-request-id': requestId,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body,
      });
      const text = await answer.body.text();
      process.stdout.write(`${answer.statusCode} (X-Request-Id ${requestId})\n${pretty(text)}\n`);
      for (const line of outcomeLines(text)) process.stderr.write(`${line}\n`);
      process.exitCode = answer.statusCode < 300 ? 0 : 1;
    });
};

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

function outcomeLines(text: string): string[] {
  try {
    const outcome = JSON.parse(text) as OperationOutcome;
    return outcome.resourceType === 'OperationOutcome'
      ? outcome.issue.map(({ severity, details }) => `${severity}: ${details?.text ?? ''}`)
      : [];
  } catch {
    return [];
  }
}
