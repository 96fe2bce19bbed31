/** docs/reference/profiles.md, told by the built definitions themselves. */
import type { CodeSystem, ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { isType, type Resource } from '../fhir/resource.ts';

/** The page in Markdown. The same definitions give the same page. */
export function profilesPage(resources: readonly Resource[]): string {
  const definitions = resources.filter((it) => isType(it, 'StructureDefinition'));
  const profiles = definitions.filter(({ type }) => type !== 'Extension');
  const extensions = definitions.filter(({ type }) => type === 'Extension');
  const systems = resources.filter((it) => isType(it, 'CodeSystem'));
  return [
    '# Profiles',
    '<!-- Made by `npx mgn profiles build` from profiles/input/fsh; change it there. -->',
    `What a message must be, beyond FHIR R4. The sources are FHIR Shorthand in \`profiles/input/fsh\`, the package that the validator loads is \`profiles/package\`, and both are made by \`npx mgn profiles build\`, which needs no network.`,
    'Every slicing is open: a partner may send more than is named here. Rules marked *warning* never stop a message. Where a profile names nl-core it uses the same identifier systems and slice names and contradicts nothing of nl-core; it is checked without nl-core. Published examples of nl-core pass, and what passes here passes nl-core too once its names, addresses and codes are written in the way of nl-core; a message that names nl-core in `meta.profile` is held to it as well.',
    '## Profiles',
    table(['profile', 'of', 'Dutch', 'what it is for'], profiles.map(profileRow)),
    ...profiles.map(profileSection),
    '## Extensions',
    table(['extension', 'on', 'Dutch', 'what it tells'], extensions.map(extensionRow)),
    '## Code systems',
    "Each code has an English display and a Dutch one. Value sets have the name of their system; `mgn-life-domain` has the codes of `mgn-zrm-domain` too, and `mgn-task-verb` adds HL7's `fulfill` and `abort` to `mgn-task-code`.",
    ...systems.map(systemSection),
  ]
    .join('\n\n')
    .concat('\n');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const dutchTitle = (it: object): string => {
  const title = (it as { _title?: { extension?: { extension?: { url: string; valueString?: string }[] }[] } })._title;
  return title?.extension?.[0]?.extension?.find(({ url }) => url === 'content')?.valueString ?? '';
};
const lastPart = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

const profileRow = (it: StructureDefinition): string[] => [
  `[${it.id}](#${it.id})`,
  it.type ?? '',
  dutchTitle(it),
  firstSentence(it.description ?? ''),
];
const extensionRow = (it: StructureDefinition): string[] => [
  `\`${it.id}\``,
  (it.context ?? []).map(({ expression }) => expression).join(', '),
  dutchTitle(it),
  it.description ?? '',
];
const firstSentence = (text: string): string => text.replace(/([.?!]) .*$/s, '$1');

function profileSection(it: StructureDefinition): string {
  const claim = it.extension?.find(({ url }) => url.endsWith('/structuredefinition-compliesWithProfile'));
  const beside = claim ? ` Beside \`${lastPart(claim.valueCanonical ?? '')}\`.` : '';
  const asks = (it.differential?.element ?? []).flatMap((element) => asked(element, it));
  return [`### ${it.id}`, `**${it.title}** (${dutchTitle(it)}). ${it.description}${beside}`, asks.join('\n')].join(
    '\n\n',
  );
}

/** What one element of a differential asks, a line each; how often it may stand there is the snapshot's to tell. */
function asked(element: ElementDefinition, { snapshot }: StructureDefinition): string[] {
  const name = (element.id ?? '').replace(/^[^.]+\.?/, '');
  const whole = snapshot?.element.find(({ id }) => id === element.id);
  const counted = (element.min !== undefined || element.max !== undefined) && !name.endsWith('extension');
  const types = (element.type ?? []).flatMap(({ profile = [], targetProfile = [] }) => [...profile, ...targetProfile]);
  const told = [
    counted ? `${whole?.min}..${whole?.max}` : '',
    value(element),
    element.binding?.strength ? `${element.binding.strength}: \`${lastPart(element.binding.valueSet ?? '')}\`` : '',
    types.map(lastPart).join(' or '),
  ].filter(Boolean);
  const line = name && told.length > 0 ? [`- \`${name}\` ${told.join(', ')}`] : [];
  const rules = (element.constraint ?? []).map(
    ({ key, severity, human }) =>
      `- ${name ? `\`${name}\` ` : ''}${human} (\`${key}\`${severity === 'warning' ? ', *warning*' : ''})`,
  );
  return [...line, ...rules];
}

/** The pattern of an element: `system …` for slices by system, else the code. */
function value(element: ElementDefinition): string {
  const pattern = Object.entries(element).find(([key]) => key.startsWith('pattern') || key.startsWith('fixed'))?.[1];
  if (pattern === undefined) return '';
  if (typeof pattern !== 'object') return `= \`${pattern}\``;
  const { system, code, coding } = pattern as {
    system?: string;
    code?: string;
    coding?: { system?: string; code?: string }[];
  };
  const first = coding?.[0] ?? { system, code };
  return first.code ? `= \`${first.system}#${first.code}\`` : `system \`${first.system}\``;
}

function systemSection(it: CodeSystem): string {
  if (it.id === 'mgn-error')
    return `### ${it.id}\n\n**${it.title}** (${dutchTitle(it)}). ${it.description} It is made from the error catalogue in \`src/fhir/catalogue\` (${it.concept?.length ?? 0} codes).`;
  const rows = (it.concept ?? []).map(({ code, display, designation, definition }) => [
    `\`${code}\``,
    display ?? '',
    designation?.[0]?.value ?? '',
    definition ?? '',
  ]);
  return [
    `### ${it.id}`,
    `**${it.title}** (${dutchTitle(it)}). ${it.description}`,
    table(['code', 'English', 'Dutch', 'meaning'], rows),
  ].join('\n\n');
}
