import type { CodeSystem, Coding, Questionnaire, QuestionnaireItem, ValueSet } from '@medplum/fhirtypes';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Option } from '../form/field.ts';

/** A question of a Questionnaire, as a form asks it. */
export type Question = {
  readonly linkId: string;
  readonly type: string;
  readonly label: Bilingual;
  readonly isRequired: boolean;
  readonly isRepeated: boolean;
  /** Values are `system|code`, or the text itself for a question of type string. */
  readonly options: readonly Option[];
  /** The questions of a group. */
  readonly questions: readonly Question[];
};

export type Definitions = {
  readonly valueSet: (url: string) => ValueSet | undefined;
  readonly codeSystem: (url: string) => CodeSystem | undefined;
  /** Choices for a question that takes an address of the directory as text, by its linkId. */
  readonly choicesFor: (linkId: string) => readonly Option[] | undefined;
};

/** The questions of a Questionnaire with their choices. `english`: its texts by linkId; the Questionnaire itself is in Dutch. */
export const questionsOf = (
  { item = [] }: Questionnaire,
  definitions: Definitions,
  english: Readonly<Record<string, string>>,
): readonly Question[] => item.map((it) => questionOf(it, definitions, english));

const questionOf = (
  it: QuestionnaireItem,
  definitions: Definitions,
  english: Readonly<Record<string, string>>,
): Question => {
  const linkId = it.linkId ?? '';
  const chosen = definitions.choicesFor(linkId);
  const text = chosen ? withoutExample(it.text ?? linkId) : (it.text ?? linkId);
  return {
    linkId,
    type: it.type ?? 'string',
    label: { nl: text, en: Object.hasOwn(english, linkId) ? (english[linkId] ?? text) : text },
    isRequired: it.required ?? false,
    isRepeated: it.repeats ?? false,
    options: chosen ?? optionsOf(it, definitions),
    questions: (it.item ?? []).map((inner) => questionOf(inner, definitions, english)),
  };
};

/** Without the example of an address, which is for systems: people choose from a list. */
const withoutExample = (text: string): string => text.replace(/, zoals [^;]*/, '');

function optionsOf({ answerOption = [], answerValueSet }: QuestionnaireItem, definitions: Definitions): Option[] {
  const { valueSet, codeSystem } = definitions;
  const nameOf = ({ system, code, display }: Coding): Bilingual => {
    const concept = codeSystem(system ?? '')?.concept?.find((it) => it.code === code);
    const english = concept?.display ?? display ?? code ?? '';
    return { nl: display ?? dutchOf(concept) ?? english, en: english };
  };
  const listed = answerOption.flatMap(({ valueCoding }) => valueCoding ?? []);
  const included = (answerValueSet ? valueSet(answerValueSet)?.compose?.include : undefined) ?? [];
  const coded = included.flatMap(({ system, concept }) =>
    (concept ?? codeSystem(system ?? '')?.concept ?? []).map(
      (it): Coding => ({ system: system ?? '', code: it.code ?? '' }),
    ),
  );
  const seen = new Set<string>();
  return [...listed, ...coded].flatMap((it) => {
    const label = nameOf(it);
    // two code systems may name the same thing: it is asked once
    if (seen.has(label.nl)) return [];
    seen.add(label.nl);
    return { value: `${it.system}|${it.code}`, label };
  });
}

type Concept = NonNullable<CodeSystem['concept']>[number];

const dutchOf = (concept: Concept | undefined): string | undefined =>
  concept?.designation?.find(({ language }) => language === 'nl')?.value;
