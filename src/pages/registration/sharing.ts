import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { choices, type Filling, type Option, textField, typedIn } from '../form/field.ts';
import type { Part } from '../frame/view.ts';
import type { Consequence } from './consequence.ts';
import { calledIn } from './names.ts';
import type { StepShown } from './shown.ts';

const say = (nl: string, en: string): Bilingual => ({ nl, en });

const words = {
  whatGoes: say('Wat wij doorgeven', 'What we pass on'),
  sent: say('Wel', 'Passed on'),
  kept: say('Niet', 'Withheld'),
  nothing: say('Niets', 'Nothing'),
  denied: say('Alles: de persoon zei nee', 'Everything: the person said no'),
  notAsked: say('Alles: er is geen ja', 'Everything: there is no yes'),
  look: say('Bekijk wat dit betekent', 'See what this means'),
  later: say(
    'Wat wij doorgeven ziet u hier zodra de stappen hiervoor goed zijn ingevuld.',
    'What we pass on appears here as soon as the steps before are filled in well.',
  ),
  example: say('bijvoorbeeld', 'for example'),
};

const heads: Readonly<Record<Consequence['about'], { readonly title: Bilingual; readonly dot: string }>> = {
  team: { title: say('Team van het gesprek', 'Team of the conversation'), dot: 'network' },
  care: { title: say('Ggz die later helpt', 'Mental health provider that helps later'), dot: 'ggz' },
  social: { title: say('Gemeente en sociaal werk', 'Municipality and social work'), dot: 'social' },
};

/** Who, in the order of the questions. */
const order = ['team', 'care', 'social'] as const;

/** The questions to the person, each beside what would go and what would not. */
export function consequenceBox(filling: Filling, shown: StepShown): Part {
  const { view } = filling;
  return html`<div class="stack-wide" id="sharing">${order.map((about) => {
    const { title, dot } = heads[about];
    const found = shown.consequences?.find((it) => it.about === about);
    return html`<div class="beside"><div class="stack"><h3 class="who-name"><span class="who-dot ${dot}" aria-hidden="true"></span>${view.say(title)}</h3>${question(filling, about, shown)}</div>
<div class="stack-tight"><h4 class="faint">${view.say(words.whatGoes)}${found ? html` <span>${found.isExample ? `${view.say(words.example)} ` : ''}${found.name}</span>` : ''}</h4>${
      found ? disclosure(filling, found) : html`<p class="soft small">${view.say(words.later)}</p>`
    }</div></div>`;
  })}
<div class="row"><button class="button" name="go" value="look" formnovalidate>${view.icon('search')}${view.say(words.look)}</button></div>
<div class="narrow">${textField(filling, 'share.date', { label: say('Wanneer is dit gezegd?', 'When was this said?'), hint: say('Dag, maand, jaar.', 'Day, month, year.'), isShort: true, isNumeric: true })}</div></div>`;
}

const yesNo = (yes: Bilingual, no: Bilingual, unasked: Bilingual | undefined): readonly Option[] => [
  { value: 'yes', label: say('Ja', 'Yes'), hint: yes },
  { value: 'no', label: say('Nee', 'No'), hint: no },
  ...(unasked ? [{ value: 'unasked', label: say('Nog niet gevraagd', 'Not asked yet'), hint: unasked }] : []),
];

function question(filling: Filling, about: Consequence['about'], { applicant }: StepShown): Part {
  const called = calledIn(filling.values);
  if (about === 'team')
    return applicant.isCare
      ? html`<p class="soft">${filling.view.say(say('Krijgt de hele aanmelding, om het gesprek te kunnen voeren.', 'Gets the whole registration, to be able to hold the conversation.'))}</p>`
      : choices(filling, 'share.network', {
          legend: say(
            `Vindt ${called.nl} goed dat het team dit krijgt?`,
            `Does ${called.en} agree that the team gets this?`,
          ),
          options: yesNo(
            say('Zij voeren het gesprek.', 'They hold the conversation.'),
            say('Dan kunnen wij niet aanmelden.', 'Then we cannot register.'),
            undefined,
          ),
        });
  if (about === 'care')
    return choices(filling, 'share.care', {
      legend: say(
        `Mag een ggz-aanbieder dit krijgen, als ${called.nl} die kiest?`,
        `May a provider get this, if ${called.en} chooses it?`,
      ),
      options: yesNo(
        say('Alleen wie wordt gekozen.', 'Only the one that is chosen.'),
        say(`Dan vertelt ${called.nl} daar alles zelf.`, `Then ${called.en} tells everything there.`),
        say('Het team vraagt het in het gesprek.', 'The team asks in the conversation.'),
      ),
    });
  return html`${choices(filling, 'share.social', {
    legend: say('Mogen gemeente en sociaal werk iets weten?', 'May municipality and social work know something?'),
    options: yesNo(
      say('U kiest hieronder wat.', 'You choose below what.'),
      say('Zij horen niets.', 'They hear nothing.'),
      say('Zij horen niets, tot het team het vraagt.', 'They hear nothing until the team has asked.'),
    ),
  })}${choices(filling, 'share.data', {
    legend: say('Bij ja: wat mogen zij weten?', 'If yes: what may they know?'),
    isMany: true,
    options: [
      {
        value: 'contact-data',
        label: say('Telefoon en adres', 'Telephone and address'),
        hint: say(`Zij kunnen ${called.nl} zelf bellen.`, `They can call ${called.en}.`),
      },
      {
        value: 'goals',
        label: say('Doelen uit het gesprek', 'Goals from the conversation'),
        hint: say('Nooit over gezondheid.', 'Never about health.'),
      },
      {
        value: 'activities',
        label: say('Wat wordt afgesproken', 'What will be agreed'),
        hint: say('Zij doen niets dubbel.', 'They do nothing twice.'),
      },
      ...(applicant.isCare
        ? [
            {
              value: 'bsn',
              label: say('BSN', 'BSN'),
              hint: say('Alleen voor de gemeente.', 'For the municipality only.'),
            },
          ]
        : []),
    ],
  })}`;
}

/** What goes beside what does not. */
export function disclosure({ view, values }: Filling, { about, sent, kept, isDenied }: Consequence): Part {
  const { say: said, icon } = view;
  const list = (items: readonly Bilingual[]) => html`<ul>${items.map((it) => html`<li>${said(it)}</li>`)}</ul>`;
  const no = typedIn(values, `share.${about}`) === 'no' ? words.denied : words.notAsked;
  return html`<div class="disclosure"><div class="sent"><h5>${icon('sent')}${said(words.sent)}</h5>${list(isDenied || sent.length === 0 ? [words.nothing] : sent)}</div><div class="kept"><h5>${icon('withheld')}${said(words.kept)}</h5>${list(isDenied ? [no] : kept.length === 0 ? [words.nothing] : kept)}</div></div>`;
}
