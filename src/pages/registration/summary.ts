import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { type Filling, typedIn } from '../form/field.ts';
import type { Part } from '../frame/view.ts';
import { domainName, nameOf } from './names.ts';
import type { StepShown } from './shown.ts';
import { asked, steps } from './steps.ts';

const words = {
  change: { nl: 'Wijzig', en: 'Change' },
  urgent: { nl: 'Dringend', en: 'Urgent' },
  routine: { nl: 'Geen haast', en: 'Not urgent' },
  nobody: { nl: 'Niemand', en: 'Nobody' },
  yes: { nl: 'ja', en: 'yes' },
  no: { nl: 'nee', en: 'no' },
  unasked: { nl: 'nog niet gevraagd', en: 'not asked yet' },
};

const recipients: Readonly<Record<ReturnType<typeof asked>[number], Bilingual>> = {
  network: { nl: 'Team van het gesprek', en: 'Team of the conversation' },
  care: { nl: 'Ggz die later helpt', en: 'Provider that helps later' },
  social: { nl: 'Gemeente en sociaal werk', en: 'Municipality and social work' },
};

const dataWords: Readonly<Record<string, Bilingual>> = {
  'contact-data': { nl: 'telefoon en adres', en: 'telephone and address' },
  goals: { nl: 'doelen', en: 'goals' },
  activities: { nl: 'afspraken', en: 'agreements' },
  bsn: { nl: 'BSN', en: 'BSN' },
};

/** Everything that was filled in, each part with the way back to it. */
export function summary(filling: Filling, { id, applicant }: StepShown): Part {
  const { view, values } = filling;
  const { say } = view;
  const of = (name: string) => typedIn(values, name);
  const joined = (...parts: readonly string[]) => parts.filter(Boolean).join(', ');
  const answer = (it: string) => say(it === 'yes' ? words.yes : it === 'no' ? words.no : words.unasked);
  const data = (values['share.data'] ?? []).flatMap((it) => dataWords[it] ?? []).map(say);
  const lines: Readonly<Record<string, readonly string[]>> = {
    referrer: [joined(of('referrer.name'), of('referrer.profession'), of('referrer.phone'))],
    person: [joined(nameOf(values), of('person.birthDate')), of('person.bsn') ? `BSN ${of('person.bsn')}` : ''],
    reach: [
      joined(`${of('person.street')} ${of('person.houseNumber')}`.trim(), of('person.postalCode'), of('person.city')),
      joined(of('person.phone'), of('person.email')),
    ],
    question: [
      `“${of('request')}”`,
      joined(...(values.lifeDomain ?? []).flatMap((it) => domainName(it) ?? []).map(say)),
      of('complaint.text'),
    ],
    urgency: [say(of('priority') === 'urgent' ? words.urgent : words.routine)],
    close: [joined(of('closeOne.name'), of('closeOne.relationship'), of('closeOne.phone')) || say(words.nobody)],
    share: asked(applicant).map(
      (it) =>
        `${say(recipients[it])}: ${answer(of(`share.${it}`))}${it === 'social' && of('share.social') === 'yes' ? ` (${data.join(', ')})` : ''}`,
    ),
  };
  return html`<ul class="list">${steps
    .slice(0, -1)
    .map(
      ({ name, title }, index) =>
        html`<li class="split-item"><div class="stack-tight"><h3>${say(title)}</h3>${(lines[name] ?? []).filter(Boolean).map((line) => html`<p>${line}</p>`)}</div><a class="button quiet" href="/register/${id}?step=${index + 1}">${say(words.change)}<span class="vh"> ${say(title)}</span></a></li>`,
    )}</ul>`;
}
