import type { Command } from 'commander';
import { stepLines } from '../main/step-lines.ts';
import { demoNetwork } from '../main.ts';
import { explainDecision } from '../routing/index.ts';
import { type DryRun, type DryRunOptions, dryRun } from './dry-run.ts';
import { type Language, languageOption } from './options.ts';

/** `mgn explain FILE...`: a dry run with every step, the reasons of routing, and the disclosure to each recipient. */
export const registerExplain = (program: Command): void => {
  program
    .command('explain')
    .description(
      'dry run of a referral: every step, the routing decision with its reasons, the disclosure to each recipient',
    )
    .argument('<file...>', 'a Bundle in JSON or XML, or the single resources of one (files or a folder)')
    .option('--network <dir>', 'folder of the network', demoNetwork)
    .option('--as <partner>', 'sending partner; by default the first referrer of the network')
    .addOption(languageOption())
    .action(async (files: string[], options: DryRunOptions) => {
      const run = await dryRun(files, options);
      if (!run) return;
      process.stdout.write(`${explain(run, options.language).join('\n')}\n`);
      process.exitCode = run.walked.ok ? 0 : 1;
    });
};

function explain({ partner, walked: considered }: DryRun, language: Language): string[] {
  const says = { en: 'sent by', nl: 'verstuurd door' }[language];
  const lines = [
    `${says} ${partner.name} (${partner.id})`,
    ...considered.steps.flatMap((it) => stepLines(it, language)),
  ];
  if (!considered.ok) return [...lines, '', refusedLine[language]];
  const { decisions, disclosures } = considered.value;
  const receipts = disclosures.flatMap(({ receipt }) => [
    `  ${receipt.recipient} (${receipt.purpose}, ${receipt.legalBasis ?? '-'}): ${counts(receipt.disclosed)}`,
    ...receipt.withheld.map((it) => `    ${withheld[language]}: ${it.count} ${it.resourceType} (${it.reason})`),
  ]);
  return [
    ...lines,
    '',
    whyLine[language],
    ...decisions.flatMap((it) => explainDecision(it, language)).map((it) => `  ${it}`),
    '',
    getsLine[language],
    ...receipts,
  ];
}

const refusedLine = {
  en: 'Refused: nothing would be stored or sent.',
  nl: 'Geweigerd: er zou niets worden opgeslagen of verstuurd.',
};
const whyLine = { en: 'Reasons for the destination', nl: 'Waarom het daarheen gaat' };
const getsLine = { en: 'Disclosed to each recipient', nl: 'Wat elke ontvanger krijgt' };
const withheld = { en: 'withheld', nl: 'niet verstrekt' };
const counts = (disclosed: Readonly<Record<string, number>>): string =>
  Object.entries(disclosed)
    .map(([type, count]) => (count === 1 ? type : `${count} ${type}`))
    .join(', ') || '-';
