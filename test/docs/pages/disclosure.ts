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

type Language = 'en' | 'nl';
type Words = Readonly<Record<Language, string>>;

const names: Readonly<Record<RecipientKind, Words>> = {
  gp: { en: 'General practice', nl: 'Huisartsenpraktijk' },
  ggz: { en: 'Mental-health provider', nl: 'GGZ-aanbieder' },
  'social-domain': { en: 'Municipality or social-work organisation', nl: 'Gemeente of welzijnsorganisatie' },
  person: { en: 'The person', nl: 'De persoon' },
  network: { en: 'The team of the network', nl: 'Het team van het netwerk' },
};
const phaseNames: Readonly<Record<Phase, Words>> = {
  candidate: { en: 'before anybody is selected', nl: 'voordat iemand is gekozen' },
  selected: { en: 'selected, or following', nl: 'gekozen, of volgt de opdracht' },
  'after-closing': { en: 'after closing', nl: 'na afsluiting' },
};
const purposes: Readonly<Record<MessageName, Words>> = {
  solicitation: { en: 'Asked whether it could help', nl: 'Gevraagd of er plek is' },
  invitation: {
    en: 'Invited to a case consultation, without a right to its content',
    nl: 'Uitgenodigd voor een casusoverleg, zonder recht op de inhoud',
  },
  referral: { en: 'A referral to carry out', nl: 'Een verwijzing om uit te voeren' },
  'social-request': { en: 'A request for help', nl: 'Een hulpvraag' },
  'own-task': { en: 'Its own Task', nl: 'De eigen Task' },
  'followed-task': { en: 'A Task that it follows', nl: 'Een Task die hij volgt' },
  feedback: { en: 'Feedback on what it referred', nl: 'Terugkoppeling over wat hij verwees' },
  consultation: {
    en: 'A case consultation, with a right to the whole case',
    nl: 'Een casusoverleg, met recht op de hele casus',
  },
  'consultation-extract': {
    en: 'A case consultation, with a right to an extract',
    nl: 'Een casusoverleg, met recht op een uittreksel',
  },
  answer: { en: 'The answer to its question', nl: 'Het antwoord op de eigen vraag' },
  appointment: { en: 'An appointment', nl: 'Een afspraak' },
};

const texts = {
  en: {
    recipient: 'Recipient',
    counts: 'The numbers count the purposes for which something may go out.',
    as: 'As a',
    columns: ['Goes out', 'Which values', 'Why'],
    withheldColumns: ['Withheld', 'Which values', 'Why'],
    withheld: 'What is withheld of these types, and why',
    all: 'all',
  },
  nl: {
    recipient: 'Ontvanger',
    counts: 'De getallen zijn de doelen waarvoor er iets naar buiten mag.',
    as: 'Zoals een',
    columns: ['Gaat naar buiten', 'Welke waarden', 'Waarom'],
    withheldColumns: ['Blijft achter', 'Welke waarden', 'Waarom'],
    withheld: 'Wat van deze types achterblijft, en waarom',
    all: 'alle',
  },
} as const;

/** docs/reference/disclosure.md: what each recipient gets at most, from mappings/projections. */
export const disclosurePage = (): string => `# What each recipient gets at most

[In het Nederlands](disclosure.nl.md). Generated from [mappings/projections](../../mappings/projections) by \`npm run docs\`. Each of those files is read by the privacy
officer of a network; a change of a line changes what is disclosed, and \`mgn config shadow\` shows for how many messages. How the files are written:
[projections](../guide/projections.md).

No line, no disclosure: an element that no table names as going out stays at the gateway. Beside these elements the gateway writes some of its own: a new id,
the profile, the organisation that asks and the service that is asked, from its directory. Consent and legal basis decide first whether anything goes out at
all ([consent](../guide/consent.md)). What a recipient would get of one message: [\`$project\`](../guide/projections.md#what-a-recipient-would-get).

${body('en')}`;

/** docs/reference/disclosure.nl.md: the same in Dutch. */
export const disclosurePageInDutch = (): string => `# Wat elke ontvanger hoogstens krijgt

[In English](disclosure.md). Gemaakt uit [mappings/projections](../../mappings/projections) met \`npm run docs\`. De privacy officer van een netwerk leest die bestanden. Een
andere regel verandert wat er naar buiten gaat.

Geen regel, dan gaat er niets naar buiten. Wat hier niet staat, blijft bij de gateway. De gateway schrijft er zelf iets bij: een nieuw id, het profiel, de organisatie
die vraagt en de dienst die gevraagd wordt, uit zijn adreslijst. Toestemming en grondslag bepalen eerst of er iets naar buiten mag.

${body('nl')}`;

const body = (language: Language): string => `${table(
  [texts[language].recipient, ...phases.map((it) => phaseNames[it][language])],
  recipientKinds.map((kind) => [
    raw(`[${names[kind][language]}](#${anchor(kind, language)})`),
    ...phases.map((phase) => messagesOf(ownProjections, kind, phase).length.toString()),
  ]),
)}

${texts[language].counts}

${recipientKinds.map((kind) => section(kind, language)).join('\n')}`;

const anchor = (kind: RecipientKind, language: Language): string =>
  names[kind][language].toLowerCase().replaceAll(' ', '-');

const messagesOf = (projections: Projections, kind: RecipientKind, phase: Phase): MessageProjection[] =>
  messageNames.map((name) => projections[kind].message(phase, name)).filter(({ types }) => types.size > 0);

const section = (kind: RecipientKind, language: Language): string =>
  `## ${names[kind][language]}\n\n${phases.map((phase) => phaseSection(kind, phase, language)).join('\n')}`;

function phaseSection(kind: RecipientKind, phase: Phase, language: Language): string {
  const summary = ownProjections[kind].summaries[phase][language];
  const messages = messagesOf(ownProjections, kind, phase).map((it) => messageSection(kind, phase, it, language));
  const head = `### ${names[kind][language]}, ${phaseNames[phase][language]}`;
  return `${head}\n\n${summary}\n${messages.map((it) => `\n${it}\n`).join('')}`;
}

function messageSection(kind: RecipientKind, phase: Phase, it: MessageProjection, language: Language): string {
  const words = texts[language];
  const head = `**${purposes[it.name][language]}** (\`${it.name}\`). ${it.why[language]}`;
  const same = kind !== 'ggz' && ownProjections.ggz.message(phase, it.name).types === it.types;
  if (same) return `${head} ${words.as} [${inSentence(names.ggz[language])}](#${anchor('ggz', language)}).`;
  const whole = [...it.types.values()].filter(({ node }) => node === undefined);
  const partly = [...it.types.values()].filter(({ node }) => node !== undefined);
  const rows = [
    ...grouped(whole, language),
    ...partly.flatMap((type) =>
      allowedPaths(type).map((one) => [code([one.path]), one.words[language], one.why[language]]),
    ),
  ];
  const withheld = partly.flatMap((type) =>
    withheldPaths(type).map(({ paths, where, why }) => [code(paths), where?.[language] ?? words.all, why[language]]),
  );
  return [
    head,
    table(words.columns, rows),
    ...(withheld.length
      ? [`<details><summary>${words.withheld}</summary>\n\n${table(words.withheldColumns, withheld)}\n</details>`]
      : []),
  ].join('\n\n');
}

const inSentence = (name: string): string => (/^[A-Z]{2}/.test(name) ? name : name[0]!.toLowerCase() + name.slice(1));

/** Whole types of one line in one row. */
function grouped(types: readonly TypeProjection[], language: Language) {
  const byLine = Map.groupBy(types, ({ line }) => line.key);
  return [...byLine.values()].map((of) => {
    const [first] = of;
    return [code(of.map(({ type }) => `${type}.*`)), allowedPaths(first!)[0]!.words[language], first!.why[language]];
  });
}

const code = (paths: readonly string[]) => raw(paths.map((it) => `\`${it}\``).join(', '));
