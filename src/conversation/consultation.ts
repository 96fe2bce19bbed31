import type {
  CarePlan,
  Composition,
  CompositionSection,
  Encounter,
  Narrative,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { ownCode } from '../vocabulary/concept.ts';
import { activityLine, outcomeOf, paragraph, participantLine, requestLine, section } from './narrative.ts';
import { dayInWords, outcomeWords } from './plain-words.ts';

/** Record of a case consultation (casusoverleg) with its results, as input of the narrative for the person. */
export type ConsultationNarrativeInput = {
  readonly record: Composition;
  readonly meeting: Encounter | undefined;
  readonly plan: CarePlan | undefined;
  readonly requests: readonly ServiceRequest[];
  readonly nameOf: (reference: string) => string | undefined;
};

/**
 * The record in plain Dutch (B1) for the person (https://hl7.org/fhir/R4/narrative.html): participants, question,
 * decisions and agreements. Views of organisations are omitted: each organisation discusses its view with the person.
 */
export function consultationNarrative({
  record,
  meeting,
  plan,
  requests,
  nameOf,
}: ConsultationNarrativeInput): Narrative {
  const day = dayInWords(meeting?.period?.start ?? record.date);
  const activities = (plan?.activity ?? []).flatMap(({ detail }) => (detail ? [activityLine(detail)] : []));
  const parts = [
    '<h1>Het overleg over uw hulp</h1>',
    paragraph(day ? `Op ${day} hebben we overlegd over uw hulp.` : 'We hebben overlegd over uw hulp.'),
    section('Wie erbij waren', (meeting?.participant ?? []).map(participantLine)),
    section('Waar het over ging', wordsOf(record, 'question')),
    section('Wat we hebben besloten', wordsOf(record, 'decision')),
    section('Wat we met elkaar afspreken', [...wordsOf(record, 'agreement'), ...activities]),
    section(
      'Wat we aan anderen vragen',
      requests.map((it) => requestLine(it, nameOf)),
    ),
    paragraph((meeting && outcomeWords[ownCode(outcomeOf(meeting), 'conversation-outcome') ?? '']) ?? ''),
    paragraph('Klopt er iets niet, of bent u het er niet mee eens? Zeg het ons. U mag het hele verslag lezen.'),
  ];
  const div = `<div xmlns="http://www.w3.org/1999/xhtml" lang="nl" xml:lang="nl">${parts.join('')}</div>`;
  return { status: 'generated', div };
}

const wordsOf = ({ section: sections = [] }: Composition, code: string): string[] =>
  sections.filter((it) => hasCode(it, code)).map(({ text }) => plainText(text?.div ?? ''));

const hasCode = ({ code }: CompositionSection, sectionCode: string): boolean =>
  code?.coding?.some(
    ({ system, code: it }) => system === mgnCodeSystem('consultation-section') && it === sectionCode,
  ) ?? false;

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };

/** Text of XHTML without tags; callers escape it again. */
const plainText = (div: string): string =>
  div
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(lt|gt|amp|quot|apos|nbsp);/g, (_, name: string) => entities[name] ?? ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** An invited organisation and its right to the content. */
export type Invited = { readonly name: string; readonly right: 'whole' | 'extract' | 'nothing' };

/** Invitation of the person to a consultation in plain Dutch (B1), one string per paragraph. */
export function consultationInvitation(start: string | undefined, invited: readonly Invited[]): string[] {
  const day = dayInWords(start);
  const named = (right: Invited['right']) => invited.filter((it) => it.right === right).map(({ name }) => name);
  const [whole, extract, nothing] = [named('whole'), named('extract'), named('nothing')];
  return [
    day
      ? `Op ${day} overleggen we over uw hulp. U bent uitgenodigd. U mag iemand meenemen.`
      : 'We willen overleggen over uw hulp. U bent uitgenodigd. U mag iemand meenemen.',
    ...(whole.length ? [`Deze organisaties helpen u en weten waar het over gaat: ${whole.join(', ')}.`] : []),
    ...(extract.length ? [`Deze organisaties horen alleen wat u goed vond: ${extract.join(', ')}.`] : []),
    ...(nothing.length
      ? [`Deze organisaties denken mee zonder te weten over wie het gaat: ${nothing.join(', ')}.`]
      : []),
    'Wilt u niet dat we overleggen, of niet met een van hen? Zeg het ons.',
  ];
}
