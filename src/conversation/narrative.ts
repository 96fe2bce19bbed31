import type {
  CarePlan,
  CarePlanActivityDetail,
  CodeableConcept,
  Encounter,
  Extension,
  Goal,
  Narrative,
  Reference,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { mgnExtension } from '../fhir/canonical.ts';
import { ownCode } from '../vocabulary/concept.ts';
import { dayInWords, lifeDomainWords, outcomeWords, roleWords } from './plain-words.ts';

/** A plan with the resources it refers to, as input of the narrative for the person. */
export type PlanNarrativeInput = {
  readonly plan: CarePlan;
  readonly conversation: Encounter;
  readonly goals: readonly Goal[];
  readonly requests: readonly ServiceRequest[];
  /** Name of a service or organisation of the directory. */
  readonly nameOf: (reference: string) => string | undefined;
};

/**
 * The plan in plain Dutch (B1) for the person (https://hl7.org/fhir/R4/narrative.html), to be read aloud or printed.
 * Contains text from the conversation and fixed sentences; clinical reasoning between professionals is omitted.
 */
export function planNarrative({ plan, conversation, goals, requests, nameOf }: PlanNarrativeInput): Narrative {
  const day = dayInWords(conversation.period?.start);
  const details = (plan.activity ?? []).flatMap(({ detail }) => (detail ? [detail] : []));
  const isInformal = (it: CarePlanActivityDetail) => ownCode(it.code, 'activity-kind') === 'informal-support';
  const parts = [
    '<h1>Uw plan</h1>',
    paragraph(
      day ? `Op ${day} hadden we een gesprek met u. Dit hebben we samen bedacht.` : 'Dit hebben we samen bedacht.',
    ),
    section('Wie erbij waren', ['u zelf', ...(conversation.participant ?? []).map(participantLine)]),
    section('Hoe het gaat', accountLines(plan)),
    section('Waar u op kunt bouwen', wordsOf(plan, 'strength')),
    section('Wat u wilt bereiken', goals.map(goalLine)),
    section('Wat u zelf gaat doen', details.filter((it) => !isInformal(it)).map(activityLine)),
    section('Wat mensen om u heen doen', details.filter(isInformal).map(activityLine)),
    section(
      'Wat we aan anderen vragen',
      requests.map((it) => requestLine(it, nameOf)),
    ),
    section('Wat we met elkaar afspreken', agreementLines(plan)),
    paragraph(outcomeWords[ownCode(outcomeOf(conversation), 'conversation-outcome') ?? ''] ?? ''),
    paragraph('Klopt er iets niet, of wilt u iets veranderen? Zeg het ons. Het is uw plan.'),
  ];
  const div = `<div xmlns="http://www.w3.org/1999/xhtml" lang="nl" xml:lang="nl">${parts.join('')}</div>`;
  return { status: 'generated', div };
}

/** Escapes markup and omits characters that XML does not allow. */
const asText = (text: string): string =>
  [...text]
    .filter((it) => /[\t\n\r\u0020-\ud7ff\ue000-\ufffd]/.test(it) || it.codePointAt(0)! > 0xffff)
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

export const paragraph = (text: string): string => (text ? `<p>${asText(text)}</p>` : '');

export const section = (title: string, lines: readonly string[]): string => {
  const filled = lines.filter((it) => it.trim());
  return filled.length
    ? `<h2>${asText(title)}</h2><ul>${filled.map((it) => `<li>${asText(it)}</li>`).join('')}</ul>`
    : '';
};

export const participantLine = ({ individual, type = [] }: NonNullable<Encounter['participant']>[number]): string => {
  const roles = type.flatMap(({ coding = [] }) => coding).flatMap(({ code }) => roleWords[code ?? ''] ?? []);
  const role = roles[0] ?? type.map(({ text }) => text).find(Boolean);
  return [individual?.display, role].filter(Boolean).join(', ');
};

const goalLine = ({ description, extension, category = [] }: Goal): string =>
  withLifeDomains(description?.text ?? '', [
    ...lifeDomainsIn(extension),
    ...category.flatMap(({ text }) => text ?? []),
  ]);

export const activityLine = ({ description, extension, scheduledString }: CarePlanActivityDetail): string =>
  withLifeDomains([description, scheduledString].filter(Boolean).join(', '), lifeDomainsIn(extension));

export function requestLine(
  { category = [], performer, extension }: ServiceRequest,
  nameOf: PlanNarrativeInput['nameOf'],
): string {
  const useCase = category.map((it) => ownCode(it, 'use-case')).find(Boolean);
  if (useCase === 'advice')
    return 'We geven uw huisarts advies. Uw huisarts bespreekt met u of er een verwijzing komt.';
  const name = nameIn(performer?.[0], nameOf) ?? 'een organisatie';
  const lifeDomains = lifeDomainsIn(extension);
  const sentence = lifeDomains.length
    ? `We vragen ${name} om u te helpen met ${lifeDomains.join(' en ')}.`
    : `We vragen ${name} om u te helpen.`;
  return useCase === 'social-request' ? `${sentence} We delen alleen wat u goed vindt.` : sentence;
}

const nameIn = (reference: Reference | undefined, nameOf: PlanNarrativeInput['nameOf']): string | undefined =>
  (reference?.reference && nameOf(reference.reference)) || reference?.display;

const withLifeDomains = (text: string, lifeDomains: readonly string[]): string =>
  lifeDomains.length ? `${text} (over ${lifeDomains.join(' en ')})` : text;

const lifeDomainsIn = (extension: readonly Extension[] = []): string[] => [
  ...new Set(
    extension
      .filter(({ url }) => url === mgnExtension('life-domain'))
      .flatMap(({ valueCodeableConcept: it }) => lifeDomainWords[it?.coding?.[0]?.code ?? ''] ?? it?.text ?? []),
  ),
];

/** `Samen de brieven openen (wie: Lot en Testa, uiterlijk 3 december 2026)` */
const agreementLines = ({ extension = [] }: CarePlan): string[] =>
  extension
    .filter(({ url }) => url === mgnExtension('agreement'))
    .flatMap(({ valueString, ...it }) => {
      // an extension of a primitive value: https://hl7.org/fhir/R4/json.html#primitive
      const own = (it as { readonly _valueString?: { readonly extension?: readonly Extension[] } })._valueString;
      const of = (name: string) => own?.extension?.find(({ url }) => url === mgnExtension(name));
      const who = of('agreement-who')?.valueString;
      const day = dayInWords(of('agreement-by')?.valueDate);
      const details = [...(who ? [`wie: ${who}`] : []), ...(day ? [`uiterlijk ${day}`] : [])];
      return valueString ? (details.length ? `${valueString} (${details.join(', ')})` : valueString) : [];
    });

/** `Geld. Dit gaat goed: ... Dit is de vraag: ...` */
const accountLines = ({ extension = [] }: CarePlan): string[] =>
  extension
    .filter(({ url }) => url === mgnExtension('life-domain-account'))
    .map(({ extension: parts = [] }) => {
      const of = (name: string) => parts.find(({ url }) => url === name);
      const code = of('lifeDomain')?.valueCodeableConcept?.coding?.[0]?.code ?? '';
      const name = lifeDomainWords[code] ?? code;
      const well = of('goesWell')?.valueString;
      const asked = of('question')?.valueString;
      return [
        `Over ${name}.`,
        ...(well ? [`Dit gaat goed: ${sentence(well)}`] : []),
        ...(asked ? [`Dit is de vraag: ${sentence(asked)}`] : []),
      ].join(' ');
    });

const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

const wordsOf = ({ extension = [] }: CarePlan, name: 'strength'): string[] =>
  extension.filter(({ url }) => url === mgnExtension(name)).flatMap(({ valueString }) => valueString ?? []);

export const outcomeOf = ({ extension = [] }: Encounter): CodeableConcept | undefined =>
  extension.find(({ url }) => url === mgnExtension('conversation-outcome'))?.valueCodeableConcept;
