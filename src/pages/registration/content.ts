import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { choices, type Filling, picks, textField } from '../form/field.ts';
import type { Part } from '../frame/view.ts';
import { calledIn, domains } from './names.ts';
import { consequenceBox } from './sharing.ts';
import type { StepShown } from './shown.ts';
import { steps } from './steps.ts';
import { summary } from './summary.ts';

const say = (nl: string, en: string): Bilingual => ({ nl, en });

const headed = ({ view }: Filling, title: Bilingual, sentence?: Bilingual): Part =>
  html`<div class="narrow"><h2 id="step-title">${view.say(title)}</h2>${sentence ? html`<p class="soft">${view.say(sentence)}</p>` : ''}</div>`;

const callout = ({ view }: Filling, kind: string, strong: Bilingual, more: Bilingual): Part =>
  html`<div class="callout ${kind}"><p><strong>${view.say(strong)}</strong> ${view.say(more)}</p></div>`;

/** The fields of one step. */
export function contentOfStep(filling: Filling, shown: StepShown): Part {
  const { values, view } = filling;
  const { isCare } = shown.applicant;
  const called = calledIn(values);
  switch (steps[shown.at]?.name) {
    case 'referrer':
      return html`${headed(filling, say('Wie meldt aan?', 'Who registers?'))}<div class="stack-wide narrow">${
        isCare
          ? choices(filling, 'referrer.role', {
              legend: say('Wie meldt aan', 'Who registers'),
              isHidden: true,
              options: [
                { value: 'gp', label: say('Ik ben huisarts', 'I am a GP') },
                {
                  value: 'poh-ggz',
                  label: say('Ik ben praktijkondersteuner', 'I am a practice nurse'),
                  hint: say('POH-GGZ', 'mental health'),
                },
              ],
            })
          : ''
      }${textField(filling, 'referrer.name', { label: say('Uw naam', 'Your name') })}${
        isCare
          ? ''
          : textField(filling, 'referrer.profession', {
              label: say('Uw beroep', 'Your profession'),
              hint: say('Bijvoorbeeld: sociaal werker.', 'For example: social worker.'),
            })
      }${textField(filling, 'referrer.phone', {
        label: say('Uw telefoon', 'Your telephone'),
        hint: say('Voor vragen van het team.', 'For questions of the team.'),
        isOptional: true,
        isShort: true,
        type: 'tel',
      })}</div>`;
    case 'person':
      return html`${headed(filling, say('Om wie gaat het?', 'Whom is it about?'))}<div class="stack-wide narrow">
${textField(filling, 'person.givenName', { label: say('Voornaam', 'Given name'), isOptional: true })}
${textField(filling, 'person.prefix', { label: say('Tussenvoegsel', 'Prefix'), hint: say('Zoals van, de.', 'Such as van, de.'), isOptional: true, isShort: true })}
${textField(filling, 'person.familyName', { label: say('Achternaam', 'Family name') })}
${textField(filling, 'person.birthDate', { label: say('Geboortedatum', 'Date of birth'), hint: say('Dag, maand, jaar. Bijvoorbeeld 14-05-1991.', 'Day, month, year. For example 14-05-1991.'), isShort: true, isNumeric: true })}
${
  isCare
    ? textField(filling, 'person.bsn', {
        label: say('Burgerservicenummer (BSN)', 'Citizen service number (BSN)'),
        hint: say(
          'Negen cijfers. Wij rekenen na of het nummer kan bestaan.',
          'Nine digits. We check that the number can exist.',
        ),
        isOptional: true,
        isShort: true,
        isNumeric: true,
      })
    : callout(
        filling,
        '',
        say('Wij vragen u geen BSN.', 'We do not ask for a BSN.'),
        say(
          'Uw organisatie mag het hiervoor niet gebruiken. Dat is geen bezwaar.',
          'Your organisation may not use it for this. That is no problem.',
        ),
      )
}</div>`;
    case 'reach':
      return html`${headed(filling, say(`Hoe bereiken wij ${called.nl}?`, `How do we reach ${called.en}?`), say('De postcode bepaalt welk team belt.', 'The postcode decides which team calls.'))}<div class="stack-wide narrow">
${textField(filling, 'person.postalCode', { label: say('Postcode', 'Postcode'), hint: say('Geen vast adres? Laat leeg. Dan beslist het aanmeldteam wie helpt.', 'No fixed address? Leave it empty. Then the registration team decides who helps.'), isOptional: true, isShort: true })}
${textField(filling, 'person.houseNumber', { label: say('Huisnummer', 'House number'), isOptional: true, isShort: true })}
${textField(filling, 'person.street', { label: say('Straat', 'Street'), isOptional: true })}
${textField(filling, 'person.city', { label: say('Plaats', 'City'), isOptional: true })}
${textField(filling, 'person.phone', { label: say('Telefoon', 'Telephone'), isOptional: true, isShort: true, type: 'tel' })}
${textField(filling, 'person.email', { label: say('E-mail', 'E-mail'), isOptional: true, type: 'email' })}</div>`;
    case 'question':
      return html`${headed(filling, say('Wat is de vraag?', 'What is the request?'), say(`In de woorden van ${called.nl}. Medische woorden zijn niet nodig.`, `In the words of ${called.en}. Medical words are not needed.`))}<div class="stack-wide narrow">
${textField(filling, 'request', { label: say('De vraag', 'The request'), rows: 4 })}
${picks(filling, 'lifeDomain', { legend: say('Waar gaat het over?', 'What is it about?'), hint: say('Kies alles wat past.', 'Choose everything that fits.'), options: domains.map(([value, label]) => ({ value, label })) })}
${isCare ? textField(filling, 'complaint.text', { label: say('Klacht of diagnose', 'Complaint or diagnosis'), hint: say('Alleen voor de zorg. De gemeente krijgt dit nooit.', 'For care only. The municipality never gets this.'), isOptional: true, rows: 2 }) : ''}</div>`;
    case 'urgency':
      return html`${headed(filling, say('Is er haast bij?', 'Is it urgent?'))}<div class="stack-wide narrow">${choices(
        filling,
        'priority',
        {
          legend: say('Haast', 'Urgency'),
          isHidden: true,
          options: [
            { value: 'routine', label: say('Nee, gewoon', 'No, routine') },
            {
              value: 'urgent',
              label: say('Ja, dringend', 'Yes, urgent'),
              hint: say('Het team krijgt meteen een dringend bericht.', 'The team gets an urgent notice at once.'),
              follows: 'is-urgent',
            },
          ],
        },
      )}${callout(filling, 'wait if-urgent', say('Bel ook het team.', 'Call the team too.'), say('Wij sturen de aanmelding meteen. Bellen is zekerder.', 'We send the registration at once. A call is more certain.'))}${callout(
        filling,
        'fail',
        say('Is er nu gevaar? Wacht niet op dit formulier.', 'Danger at this moment? Do not wait for this form.'),
        say('Bel 112, of de crisisdienst via de huisarts.', 'Call 112, or the crisis service through the GP.'),
      )}</div>`;
    case 'close':
      return html`${headed(filling, say(`Wie staat dicht bij ${called.nl}?`, `Who is close to ${called.en}?`), say('Iemand die mee mag komen naar het gesprek. Dit mag leeg blijven.', 'Somebody who may come along to the conversation. This may stay empty.'))}<div class="stack-wide narrow">
${textField(filling, 'closeOne.name', { label: say('Naam', 'Name'), isOptional: true })}
${textField(filling, 'closeOne.relationship', { label: say(`Wie is dat voor ${called.nl}?`, `Who is that to ${called.en}?`), hint: say('Bijvoorbeeld: buurvrouw.', 'For example: neighbour.'), isOptional: true })}
${textField(filling, 'closeOne.phone', { label: say('Telefoon', 'Telephone'), isOptional: true, isShort: true, type: 'tel' })}</div>`;
    case 'share':
      return html`${headed(filling, say('Wat mogen wij doorgeven?', 'What may we pass on?'), say(`Vraag het ${called.nl}. Nee zeggen mag altijd, ook later. De aanmelding gaat dan gewoon door.`, `Ask ${called.en}. Saying no is always possible, also later. The registration then goes on as usual.`))}${consequenceBox(filling, shown)}`;
    default:
      return html`${headed(filling, say('Klopt alles?', 'Is everything right?'), say(`Lees het samen met ${called.nl} door.`, `Read it together with ${called.en}.`))}<div class="stack-wide narrow">${summary(filling, shown)}${choices(
        filling,
        'agreed',
        {
          legend: say('Weet de persoon ervan', 'Does the person know'),
          isHidden: true,
          isMany: true,
          options: [
            {
              value: 'yes',
              label: say(
                `${view.language === 'nl' ? called.nl : called.en} weet hiervan`,
                `${called.en} knows of this`,
              ),
              hint: say('En weet wat wij doorgeven.', 'And knows what we pass on.'),
            },
          ],
        },
      )}</div>`;
  }
}
