import type { Projections, RecipientKind } from '../../../src/disclosure/index.ts';
import {
  type MessageName,
  messageNames,
  type Phase,
  phases,
  recipientKinds,
} from '../../../src/disclosure/projection/file.ts';
import { allowedPaths, withheldPaths } from '../../../src/disclosure/projection/paths.ts';
import type { MessageProjection, TypeProjection } from '../../../src/disclosure/projection/projection.ts';
import { ownProjections } from '../../support/disclosure/projections.ts';
import { raw, table } from '../markdown.ts';

const names: Readonly<Record<RecipientKind, string>> = {
  gp: 'General practice',
  ggz: 'Mental-health provider',
  'social-domain': 'Municipality or social-work organisation',
  person: 'The person',
  network: 'The team of the network',
};
const phaseNames: Readonly<Record<Phase, string>> = {
  candidate: 'before anybody is selected',
  selected: 'selected, or following',
  'after-closing': 'after closing',
};
const purposes: Readonly<Record<MessageName, string>> = {
  solicitation: 'Asked whether it could help',
  invitation: 'Invited to a case consultation, without a right to its content',
  referral: 'A referral to carry out',
  'social-request': 'A request for help',
  'own-task': 'Its own Task',
  'followed-task': 'A Task that it follows',
  feedback: 'Feedback on what it referred',
  consultation: 'A case consultation, with a right to the whole case',
  'consultation-extract': 'A case consultation, with a right to an extract',
  answer: 'The answer to its question',
  appointment: 'An appointment',
};

/** docs/reference/disclosure.md: what each recipient gets at most, from mappings/projections. */
export const disclosurePage = (): string => `# What each recipient gets at most

Generated from [mappings/projections](../../mappings/projections) by \`npm run docs\`. Each of those files is read by the privacy officer of a
network; a change of a line changes what is disclosed, and \`mgn config shadow\` shows for how many messages. How the files are written:
[projections](../guide/projections.md).

No line, no disclosure: an element that no table names as going out stays at the gateway. Beside these elements the gateway writes some of its own: a new id,
the profile, the organisation that asks and the service that is asked, from its directory. Consent and legal basis decide first whether anything goes out at
all ([consent](../guide/consent.md)).

${table(
  ['Recipient', ...phases.map((it) => phaseNames[it])],
  recipientKinds.map((kind) => [
    raw(`[${names[kind]}](#${anchor(kind)})`),
    ...phases.map((phase) => messagesOf(ownProjections, kind, phase).length.toString()),
  ]),
)}

The numbers count the purposes for which something may go out.

${recipientKinds.map((kind) => section(ownProjections, kind)).join('\n')}`;

const anchor = (kind: RecipientKind): string => names[kind].toLowerCase().replaceAll(' ', '-');

const messagesOf = (projections: Projections, kind: RecipientKind, phase: Phase): MessageProjection[] =>
  messageNames.map((name) => projections[kind].message(phase, name)).filter(({ types }) => types.size > 0);

const section = (projections: Projections, kind: RecipientKind): string =>
  `## ${names[kind]}\n\n${phases.map((phase) => phaseSection(projections, kind, phase)).join('\n')}`;

function phaseSection(projections: Projections, kind: RecipientKind, phase: Phase): string {
  const summary = projections[kind].summaries[phase];
  const messages = messagesOf(projections, kind, phase).map((it) => messageSection(projections, kind, phase, it));
  return `### ${names[kind]}, ${phaseNames[phase]}\n\n${summary}\n${messages.map((it) => `\n${it}\n`).join('')}`;
}

function messageSection(projections: Projections, kind: RecipientKind, phase: Phase, it: MessageProjection): string {
  const head = `**${purposes[it.name]}** (\`${it.name}\`). ${it.why}`;
  const same = kind !== 'ggz' && projections.ggz.message(phase, it.name).types === it.types;
  if (same) return `${head} As a [mental-health provider](#${anchor('ggz')}).`;
  const whole = [...it.types.values()].filter(({ node }) => node === undefined);
  const partly = [...it.types.values()].filter(({ node }) => node !== undefined);
  const rows = [
    ...grouped(whole),
    ...partly.flatMap((type) => allowedPaths(type).map((one) => [code([one.path]), one.words, one.why])),
  ];
  const withheld = partly.flatMap((type) =>
    withheldPaths(type).map(({ paths, where, why }) => [code(paths), where ? `only ${where}` : 'all', why]),
  );
  return [
    head,
    table(['Goes out', 'Which values', 'Why'], rows),
    ...(withheld.length
      ? [
          `<details><summary>What is withheld of these types, and why</summary>\n\n${table(['Withheld', 'Which values', 'Why'], withheld)}\n</details>`,
        ]
      : []),
  ].join('\n\n');
}

/** Whole types of one line in one row. */
function grouped(types: readonly TypeProjection[]) {
  const byWhy = new Map<string, TypeProjection[]>();
  for (const it of types) byWhy.set(it.why, [...(byWhy.get(it.why) ?? []), it]);
  return [...byWhy].map(([why, of]) => [
    code(of.map(({ type }) => `${type}.*`)),
    of[0]?.only ? `all elements; only if ${of[0].only.words}` : 'all elements',
    why,
  ]);
}

const code = (paths: readonly string[]) => raw(paths.map((it) => `\`${it}\``).join(', '));
