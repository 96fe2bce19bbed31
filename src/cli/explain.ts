import { createHash, randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Deciding } from '../exchange/gateway.ts';
import { noMemory } from '../exchange/recall.ts';
import { consider } from '../exchange.ts';
import { printIssues } from '../main/print-issues.ts';
import { stepLines } from '../main/step-lines.ts';
import { demoNetwork, openDeciding, world } from '../main.ts';
import { explainDecision } from '../routing/index.ts';
import { composeBundle, problemLines, type Sendable } from './compose-bundle.ts';
import { type Language, languageOption } from './options.ts';

type Options = { readonly network: string; readonly as?: string; readonly language: Language };

/** `mgn explain FILE...`: a dry run. Every step, why it is routed so, what each recipient would get and what not. */
export const registerExplain = (program: Command): void => {
  program
    .command('explain')
    .description(
      'dry run of a referral: every step, the routing decision with its reasons, what each recipient would get',
    )
    .argument('<file...>', 'a Bundle in JSON or XML, or the single resources of one (files or a folder)')
    .option('--network <dir>', 'folder of the network', demoNetwork)
    .option('--as <partner>', 'partner that would send it; the first referrer of the network when absent')
    .addOption(languageOption())
    .action(async (files: string[], options: Options) => {
      const deciding = await openDeciding(options);
      const composed = await composeBundle(files);
      if (!deciding.ok || !composed.ok) {
        const lines = [
          ...(deciding.ok ? [] : printIssues(options.network, deciding.issues, options.language)),
          ...(composed.ok ? [] : problemLines(composed, options.language)),
        ];
        process.stderr.write(`${lines.join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const explained = await explain(deciding.value, composed.value, options);
      process.stdout.write(`${explained.lines.join('\n')}\n`);
      process.exitCode = explained.accepted ? 0 : 1;
    });
};

async function explain(deciding: Deciding, { body, contentType }: Sendable, { as, language }: Options) {
  const partners = [...deciding.network.partners.values()];
  const partner = as ? deciding.network.partners.get(as) : partners.find(({ roles }) => roles.includes('referrer'));
  if (!partner)
    return { accepted: false, lines: [`No such partner: ${as}. Known: ${partners.map(({ id }) => id).join(', ')}`] };
  const bytes = new TextEncoder().encode(body);
  const considered = await consider(deciding, noMemory, {
    partner,
    requestId: randomUUID(),
    traceId: randomUUID(),
    contentType,
    body: bytes,
    bodyDigest: createHash('sha256').update(bytes).digest('hex'),
    at: world.now(),
  });
  const says = { en: 'sent by', nl: 'verstuurd door' }[language];
  const lines = [
    `${says} ${partner.name} (${partner.id})`,
    ...considered.steps.flatMap((it) => stepLines(it, language)),
  ];
  if (!considered.ok) return { accepted: false, lines: [...lines, '', refusedLine[language]] };
  const { decisions, shares } = considered.value;
  const receipts = shares.flatMap(({ receipt }) => [
    `  ${receipt.recipient} (${receipt.purpose}, ${receipt.legalBasis ?? '-'}): ${counts(receipt.disclosed)}`,
    ...receipt.withheld.map((it) => `    ${withheld[language]}: ${it.count} ${it.resourceType} (${it.reason})`),
  ]);
  return {
    accepted: true,
    lines: [
      ...lines,
      '',
      whyLine[language],
      ...decisions.flatMap((it) => explainDecision(it, language)).map((it) => `  ${it}`),
      '',
      getsLine[language],
      ...receipts,
    ],
  };
}

const refusedLine = {
  en: 'Refused: nothing would be stored or sent.',
  nl: 'Geweigerd: er zou niets worden opgeslagen of verstuurd.',
};
const whyLine = { en: 'Why it goes there', nl: 'Waarom het daarheen gaat' };
const getsLine = { en: 'What each recipient gets', nl: 'Wat elke ontvanger krijgt' };
const withheld = { en: 'withheld', nl: 'niet verstrekt' };
const counts = (disclosed: Readonly<Record<string, number>>): string =>
  Object.entries(disclosed)
    .map(([type, count]) => (count === 1 ? type : `${count} ${type}`))
    .join(', ') || '-';
