import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import type { Issue } from '../../fhir/issue.ts';
import { factLabels } from '../facts/fact-labels.ts';
import type { Decision } from './decision.ts';
import { decisionRecord } from './decision-record.ts';

type Language = 'en' | 'nl';

const words = {
  en: {
    goes: { assigned: 'Goes to', human: 'Goes, for a human decision, to', refused: 'Refused' },
    proposed: 'Proposed to them, best first',
    because: 'Because',
    rule: 'rule',
    rules: 'Rules, in order, up to the deciding one',
    decided: 'decides',
    passed: (fact: string, wanted: string, found: string) =>
      `skipped: requires that ${fact} is ${wanted}; found: ${found}`,
    failed: (expression: string) => `skipped: not true for this referral: ${expression}`,
    or: ' or ',
    none: 'no service matches; the next rule is tried',
    several: (count: string) => `${count} services match with equal rank; the next rule is tried`,
    facts: 'Facts',
    candidates: (rule: string) => `Services evaluated by rule ${rule}`,
    not: (what: string) => `other than ${what}`,
    elsewhere: (count: number) => `${count} more: the person lives outside their catchment`,
    rank: (rank: number) => `number ${rank}: `,
    warnings: 'Reported to the sender',
    heard: (source: string, at: string | undefined) =>
      `The directory ${source} was ${at ? `last updated on ${at}` : 'never updated'}.`,
    made: (rules: string, directory: string, at: string) =>
      `Decided at ${at}, by configuration ${rules} and directory ${directory}.`,
    years: (count: string) => `${count} years`,
    from: (age: string) => `${age} or over`,
    below: (age: string) => `under ${age}`,
    and: ' and ',
    unknown: 'not stated',
  },
  nl: {
    goes: { assigned: 'Gaat naar', human: 'Gaat, om door mensen te worden beslist, naar', refused: 'Geweigerd' },
    proposed: 'Hun wordt aangeboden, het beste eerst',
    because: 'Omdat',
    rule: 'regel',
    rules: 'Regels, op volgorde, tot er een beslist',
    decided: 'beslist',
    passed: (fact: string, wanted: string, found: string) =>
      `overgeslagen: vraagt dat ${fact} ${wanted} is; hier is dat ${found}`,
    failed: (expression: string) => `overgeslagen: voor deze verwijzing is niet waar dat ${expression}`,
    or: ' of ',
    none: 'geen aanbod past, dus de volgende regel wordt geprobeerd',
    several: (count: string) =>
      `${count} soorten aanbod passen, en niets maakt er één beter, dus de volgende regel wordt geprobeerd`,
    facts: 'Wat bekend was',
    candidates: (rule: string) => `Aanbod dat regel ${rule} heeft bekeken`,
    not: (what: string) => `een andere dan ${what}`,
    elsewhere: (count: number) => `nog ${count}: de persoon woont buiten hun verzorgingsgebied`,
    rank: (rank: number) => `nummer ${rank}: `,
    warnings: 'Wat de afzender te horen krijgt',
    heard: (source: string, at: string | undefined) =>
      at ? `De adreslijst ${source} is voor het laatst gehoord op ${at}.` : `De adreslijst ${source} is nooit gehoord.`,
    made: (rules: string, directory: string, at: string) =>
      `Beslist op ${at}, door configuratie ${rules} en adreslijst ${directory}.`,
    years: (count: string) => `${count} jaar`,
    from: (age: string) => `${age} of ouder`,
    below: (age: string) => `jonger dan ${age}`,
    and: ' en ',
    unknown: 'niet verteld',
  },
} as const;

/**
 * A decision in words: destination and reason, the rules, facts and services evaluated, and the issues reported to the
 * sender.
 */
export function explainDecision(decision: Decision, language: Language): string[] {
  const issues = decision.kind === 'refused' ? [...decision.issues, ...decision.warnings] : decision.warnings;
  return explainDecisionRecord(decisionRecord(decision), language, issues);
}

/**
 * A decision record in words, for a reader without access to rules or directory. It adds nothing to the record: what
 * was removed for this reader stays out.
 */
export function explainDecisionRecord(
  { parameter: all = [] }: Parameters,
  language: Language,
  issues: readonly Issue[] = [],
): string[] {
  const word = words[language];
  const named = (name: string) => all.filter((it) => it.name === name);
  const [first] = named('outcome');
  const facts = factsOf(named('fact'));
  const useCase = named('use-case')[0]?.valueCode ?? '';
  const owner = named('owner')[0]?.valueReference?.display;
  const reason = textOf(named('reason')[0], language);
  const rule = named('rule')[0]?.valueCode;
  const inputs = named('made-with')[0];
  const proposed = named('proposed').map(({ valueReference }) => `  ${valueReference?.display}`);
  const say = (it: Issue) => `  ${language === 'nl' ? it.dutch : it.message}`;
  return [
    ...(useCase ? [`${capital(bare(labelOf('useCase', language)))}: ${valueText('useCase', useCase, language)}`] : []),
    [word.goes[(first?.valueCode ?? 'human') as Decision['kind']], ...(owner ? [owner] : [])].join(' '),
    ...(reason ? [`${word.because}: ${reason} (${word.rule} ${rule})`] : []),
    ...section(word.proposed, proposed),
    ...section(
      word.rules,
      named('tried').map((it, index) => `  ${index + 1}. ${triedLine(it, facts, language)}`),
    ),
    ...section(
      word.facts,
      [...facts].map(([name, value]) => `  ${bare(labelOf(name, language))}: ${valueText(name, value, language)}`),
    ),
    ...[...new Set([...named('candidate'), ...named('elsewhere')].map((it) => textIn(it, 'rule') ?? ''))].flatMap(
      (of) =>
        section(
          word.candidates(of),
          named('candidate')
            .filter((it) => textIn(it, 'rule') === of)
            .map((it) => candidateLine(it, language))
            .concat(named('elsewhere').flatMap((it) => (textIn(it, 'rule') === of ? elsewhereLine(it, language) : []))),
        ),
    ),
    ...named('source').map((it) => word.heard(textIn(it, 'name') ?? '', partOf(it, 'heard-at')?.valueInstant)),
    ...section(word.warnings, issues.map(say)),
    ...(inputs
      ? [
          word.made(
            (textIn(inputs, 'configuration') ?? textIn(inputs, 'rules') ?? '').slice(0, 12),
            (textIn(inputs, 'directory') ?? '').slice(0, 12),
            named('decided-at')[0]?.valueInstant ?? '',
          ),
        ]
      : []),
  ];
}

/** The rules that were tried, in order, each with what came of it in words. */
export function explainRules(
  decision: Decision,
  language: Language,
): readonly { readonly rule: string; readonly decides: boolean; readonly text: string }[] {
  const { parameter: all = [] } = decisionRecord(decision);
  const facts = factsOf(all.filter(({ name }) => name === 'fact'));
  return all
    .filter(({ name }) => name === 'tried')
    .map((it) => {
      const rule = textIn(it, 'rule') ?? '';
      const text = triedLine(it, facts, language).slice(rule.length + 2);
      return { rule, decides: textIn(it, 'outcome') === 'decided', text };
    });
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? [`${title}:`, ...lines] : [];
const partOf = (it: ParametersParameter | undefined, name: string) => it?.part?.find((one) => one.name === name);
const textIn = (it: ParametersParameter, name: string): string | undefined => {
  const part = partOf(it, name);
  return part?.valueString ?? part?.valueCode;
};
const textOf = (it: ParametersParameter | undefined, language: Language) => partOf(it, language)?.valueString;
/** Without its article, for use in lists. */
const bare = (label: string): string => label.replace(/^(?:the|de|het) /, '');
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function factsOf(parts: readonly ParametersParameter[]): ReadonlyMap<string, string> {
  return new Map(
    parts.map((it) => {
      const value = partOf(it, 'value');
      return [textIn(it, 'name') ?? '', String(value?.valueString ?? value?.valueInteger ?? value?.valueBoolean ?? '')];
    }),
  );
}

/** Conditions use the hyphenated fact names of routes.yaml. */
const factNamed = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const labelOf = (name: string, language: Language): string => factLabels[language][name]?.label ?? name;

function valueText(name: string, value: string, language: Language): string {
  if (name === 'age' && value !== 'unknown') return agesText(value, language);
  const known = factLabels[language][name]?.values?.[value];
  if (known) return known;
  if (value.startsWith('not ')) return words[language].not(valueText(name, value.slice(4), language));
  return name === 'language' ? (languageNames[language].of(value) ?? value) : value;
}

const languageNames = {
  en: new Intl.DisplayNames(['en'], { type: 'language' }),
  nl: new Intl.DisplayNames(['nl'], { type: 'language' }),
};

/** An age, or the age limits of a condition: `36`, `>= 18 & < 65`. */
function agesText(text: string, language: Language): string {
  const word = words[language];
  return text
    .split(' & ')
    .map((it) => {
      const age = it.replace(/^\D+/, '');
      return it.startsWith('>=') ? word.from(age) : it.startsWith('<') ? word.below(age) : word.years(age);
    })
    .join(word.and);
}

function triedLine(it: ParametersParameter, facts: ReadonlyMap<string, string>, language: Language): string {
  const word = words[language];
  const [id, because = ''] = [textIn(it, 'rule'), textIn(it, 'because')];
  switch (textIn(it, 'outcome')) {
    case 'decided':
      return `${id}: ${word.decided}`;
    case 'no-candidate':
      return `${id}: ${because === '0' ? word.none : word.several(because)}`;
    default:
      return `${id}: ${unmet(because, facts, language)}`;
  }
}

function unmet(because: string, facts: ReadonlyMap<string, string>, language: Language): string {
  const word = words[language];
  const [, condition, wanted = ''] = /^([a-z-]+): (.*)$/.exec(because) ?? [];
  const name = condition === undefined ? undefined : factNamed(condition);
  if (name === undefined || !factLabels[language][name]) return word.failed(because);
  const values = wanted.split(' | ').map((it) => valueText(name, it, language));
  const found = facts.get(name);
  return word.passed(
    labelOf(name, language),
    values.join(word.or),
    found === undefined ? word.unknown : valueText(name, found, language),
  );
}

const elsewhereLine = (it: ParametersParameter, language: Language): string =>
  `  - ${words[language].elsewhere(partOf(it, 'count')?.valueInteger ?? 0)}`;

function candidateLine(it: ParametersParameter, language: Language): string {
  const kept = partOf(it, 'kept')?.valueBoolean;
  const rank = partOf(it, 'rank')?.valuePositiveInt;
  const name = partOf(it, 'service')?.valueReference?.display;
  const because = textOf(partOf(it, 'because'), language);
  return `  ${kept ? '+' : '-'} ${name}: ${rank === undefined ? '' : words[language].rank(rank)}${because}`;
}
