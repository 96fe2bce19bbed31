import type { Command } from 'commander';
import { clientOf, type ExampleAnswer } from '../demo/example/client.ts';
import { exampleNames, namesOf, readExample } from '../demo/example/example.ts';
import { GivenRefused } from '../demo/example/given.ts';
import { type Played, playExample } from '../demo/example/play-example.ts';
import { issue } from '../fhir/issue.ts';
import { printIssues } from '../main/print-issues.ts';
import { world } from '../main.ts';
import { httpUrl, type Language, languageOption } from './options.ts';

type Options = {
  readonly to: string;
  readonly explain?: true;
  readonly body?: true;
  readonly language: Language;
};

const help = `
Plays against a gateway on the demo network: mgn serve, or mgn demo after its story. The steps that an example requires
(given in its case.yaml) are played first. Each run has identifiers of its own, so an example can be played again.
Without an example it lists them. They are in examples/messages of the package.
Exits with 1 when an answer is not as expected, with 2 when the gateway does not answer or there is no such example.`;

/** `mgn play 106`: an example of examples/messages against a running gateway. */
export const registerPlay = (program: Command): void => {
  program
    .command('play')
    .description('play an example message against a running gateway, and compare the answer with the expected one')
    .argument('[example...]', 'number or folder name in examples/messages: 106, 001-referral-as-collection')
    .option('--to <url>', 'FHIR base of the gateway', httpUrl, 'http://127.0.0.1:8080/fhir')
    .option('--explain', 'print why the message went where it went')
    .option('--body', 'print the body of the answer')
    .addOption(languageOption())
    .addHelpText('after', help)
    .action(async (examples: string[], options: Options) => {
      process.exitCode = examples.length ? await playAll(examples, options) : list();
    });
};

function list(): number {
  for (const name of exampleNames()) say(`${name}\n    ${readExample(name).example.story}`);
  return 0;
}

async function playAll(examples: readonly string[], options: Options): Promise<number> {
  const names = examples.map((it) => ({ it, found: namesOf(it) }));
  const unknown = names.filter(({ found }) => found.length === 0);
  for (const { it } of unknown) problem(it, 'example-unknown', {}, options.language);
  if (unknown.length) return 2;
  let code = 0;
  for (const name of names.flatMap(({ found }) => found)) code = Math.max(code, await playOne(name, options));
  return code;
}

async function playOne(name: string, { to, explain, body, language }: Options): Promise<number> {
  const named = readExample(name);
  say(`${name}: ${named.example.story}`);
  // the end of an id: its beginning may be the time
  const run = world.newId().slice(-8);
  const player = {
    client: clientOf(to.replace(/\/fhir$/, ''), world.newId),
    world,
    run,
    say: (text: string) => say(`  ${text}`),
  };
  try {
    const played = await playExample(player, named);
    for (const line of linesOf(played, { explain: explain === true, body: body === true })) say(line);
    return played.differences.length ? 1 : 0;
  } catch (error) {
    if (error instanceof GivenRefused) {
      say(`  ${error.message}: the steps before the message must succeed. Is the gateway on the demo network?`);
      say(answerText(error.answer));
      return 1;
    }
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    problem(to, 'gateway-not-running', { problem: code }, language);
    return 2;
  }
}

function linesOf(played: Played, { explain, body }: { readonly explain: boolean; readonly body: boolean }): string[] {
  const { requestId, answer, findings, order, task, owner, explanation, differences } = played;
  const shown = findings.filter(({ severity }) => severity !== 'information');
  return [
    `  X-Request-Id ${requestId}`,
    ...(order ? [`  order ${order}`] : []),
    ...(task ? [`  Task ${task}${owner ? `, owner ${owner}` : ''}`] : []),
    ...shown.map(({ severity, rule, at, text }) => `  ${severity} ${rule}${at ? ` at ${at}` : ''}: ${text}`),
    ...(explain && explanation ? ['', explanation, ''] : []),
    ...(body ? [answerText(answer)] : []),
    ...(differences.length ? ['  not as expected:', ...differences.map((it) => `    ${it}`)] : ['  as expected']),
  ];
}

function answerText({ text }: ExampleAnswer): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.replaceAll('\r', '\n');
  }
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function problem(
  where: string,
  rule: 'example-unknown' | 'gateway-not-running',
  values: Readonly<Record<string, string>>,
  language: Language,
): void {
  process.stderr.write(`${printIssues(where, [issue(rule, values as never)], language).join('\n')}\n`);
}
