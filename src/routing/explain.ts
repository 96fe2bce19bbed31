import type { Decision, TriedRule } from './decision.ts';

type Language = 'en' | 'nl';

const words = {
  en: {
    useCase: 'Use case',
    goes: { assigned: 'Goes to', human: 'Goes, for people to decide, to', refused: 'Refused' },
    because: 'Because',
    rules: 'Rules in order',
    decided: 'decides',
    unmet: 'does not apply: not',
    none: 'no service fits',
    several: (count: string) => `${count} services fit, and nothing makes one the better`,
    facts: 'Facts',
    candidates: 'Services looked at',
    warnings: 'To be told to the sender',
    configuration: 'Rules and directory',
  },
  nl: {
    useCase: 'Gebruiksdoel',
    goes: { assigned: 'Gaat naar', human: 'Gaat, om door mensen te worden beslist, naar', refused: 'Geweigerd' },
    because: 'Omdat',
    rules: 'Regels op volgorde',
    decided: 'beslist',
    unmet: 'is niet van toepassing: niet',
    none: 'geen aanbod past',
    several: (count: string) => `${count} soorten aanbod passen, en niets maakt er één beter`,
    facts: 'Feiten',
    candidates: 'Bekeken aanbod',
    warnings: 'Te melden aan de afzender',
    configuration: 'Regels en adreslijst',
  },
} as const;

/** A decision as lines that a person can follow: where to, why, which rules, facts and services were looked at. */
export function explainDecision(decision: Decision, language: Language): string[] {
  const word = words[language];
  const say = (it: { readonly message: string; readonly dutch: string }) => (language === 'nl' ? it.dutch : it.message);
  const to = decision.kind === 'refused' ? [] : [decision.owner.display];
  const told = decision.kind === 'refused' ? decision.issues : decision.warnings;
  return [
    `${word.useCase}: ${decision.useCase || '-'}`,
    [word.goes[decision.kind], ...to].join(' '),
    `${word.because}: ${decision.reason[language]} (${decision.rule})`,
    `${word.rules}:`,
    ...decision.rules.map((it) => `  ${it.id} ${outcome(it, language)}`),
    `${word.facts}: ${Object.entries(decision.facts)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    ...(decision.candidates.length > 0 ? [`${word.candidates}:`] : []),
    ...decision.candidates.map((it) => `  ${it.kept ? '+' : '-'} ${it.name}: ${it.because[language]}`),
    ...(told.length > 0 ? [`${word.warnings}:`] : []),
    ...told.map((it) => `  ${say(it)}`),
    `${word.configuration}: ${decision.configuration.slice(0, 12)}, ${decision.directory.slice(0, 12)}`,
  ];
}

function outcome({ outcome: kind, because = '' }: TriedRule, language: Language): string {
  const word = words[language];
  if (kind === 'decided') return word.decided;
  if (kind === 'condition-not-met') return `${word.unmet} ${because}`;
  return because === '0' ? word.none : word.several(because);
}
