import type { Bilingual } from '../../fhir/bilingual.ts';
import { bsn } from '../../fhir/identifier.ts';
import { dayIn, type Errors, mostCharacters, tooLong, typedIn, type Values } from '../form/field.ts';

/** What the steps have to know of who fills in the form. */
export type Applicant = {
  /** In the social domain no BSN is asked, and the person has to agree. */
  readonly isCare: boolean;
  /** Today in the network, `2026-12-01`. */
  readonly today: string;
};

export type Step = {
  readonly name: string;
  readonly title: Bilingual;
  /** Its fields; what is posted under another name is not kept. */
  readonly fields: readonly string[];
  readonly check: (values: Values, applicant: Applicant) => Errors;
};

const say = (nl: string, en: string): Bilingual => ({ nl, en });

const needs =
  (...[name, error]: readonly [string, Bilingual]) =>
  (values: Values): Errors =>
    typedIn(values, name) === '' ? { [name]: error } : {};

const all =
  (...checks: readonly Step['check'][]): Step['check'] =>
  (values, applicant) =>
    Object.assign({}, ...checks.map((check) => check(values, applicant)));

function checkBirth(values: Values, { today }: Applicant): Errors {
  const typed = typedIn(values, 'person.birthDate');
  const day = dayIn(typed);
  if (typed === '') return { 'person.birthDate': say('Vul de geboortedatum in.', 'Fill in the date of birth.') };
  if (!day)
    return {
      'person.birthDate': say(
        'Deze datum bestaat niet. Schrijf dag, maand en jaar, zoals 14-05-1991.',
        'This date does not exist. Write day, month and year, such as 14-05-1991.',
      ),
    };
  return day > today
    ? { 'person.birthDate': say('Deze datum is nog niet geweest.', 'This date is in the future.') }
    : {};
}

function checkBsn(values: Values, { isCare }: Applicant): Errors {
  const typed = typedIn(values, 'person.bsn').replace(/[ .]/g, '');
  if (!isCare || typed === '' || bsn(typed)) return {};
  return {
    'person.bsn': say(
      'Dit nummer kan niet bestaan. Vaak zijn twee cijfers verwisseld. Weet u het niet? Maak het veld leeg.',
      'This number cannot exist. Often two digits are swapped. Not sure? Leave the field empty.',
    ),
  };
}

function checkPostcode(values: Values): Errors {
  const typed = typedIn(values, 'person.postalCode');
  return typed === '' || /^[1-9]\d{3} ?[A-Za-z]{2}$/.test(typed)
    ? {}
    : {
        'person.postalCode': say(
          'Een postcode heeft vier cijfers en twee letters, zoals 1283 AB.',
          'A postcode has four digits and two letters, such as 1283 AB.',
        ),
      };
}

const checkPhone =
  (name: string): Step['check'] =>
  (values) => {
    const typed = typedIn(values, name);
    return typed === '' || /^\+?[\d ()-]{8,20}$/.test(typed)
      ? {}
      : { [name]: say('Een telefoonnummer heeft alleen cijfers.', 'A telephone number has digits only.') };
  };

/** Recipients about which the person is asked; the network itself of a referrer outside care. */
export const asked = ({ isCare }: Applicant): readonly ('network' | 'care' | 'social')[] =>
  isCare ? ['care', 'social'] : ['network', 'care', 'social'];

function checkShare(values: Values, applicant: Applicant): Errors {
  const { today } = applicant;
  const answers = asked(applicant).map((it) => typedIn(values, `share.${it}`));
  const day = dayIn(typedIn(values, 'share.date'));
  return {
    ...(applicant.isCare || typedIn(values, 'share.network') === 'yes'
      ? {}
      : {
          'share.network': say(
            'Zonder ja van de persoon mogen wij de aanmelding niet doorgeven. Vraag het eerst.',
            'Without a yes of the person we may not pass on the registration. Ask first.',
          ),
        }),
    ...(typedIn(values, 'share.social') === 'yes' && (values['share.data'] ?? []).length === 0
      ? {
          'share.data': say(
            'Kies wat de gemeente mag weten, of zeg nee.',
            'Choose what the municipality may know, or answer no.',
          ),
        }
      : {}),
    ...(answers.some((it) => it === 'yes' || it === 'no') && (!day || day > today)
      ? {
          'share.date': say(
            'Vul in wanneer de persoon dit zei, zoals 14-05-2026. Niet in de toekomst.',
            'Fill in when the person said this, such as 14-05-2026. Not in the future.',
          ),
        }
      : {}),
  };
}

const checkAgreed: Step['check'] = (values) =>
  typedIn(values, 'agreed') === 'yes'
    ? {}
    : {
        agreed: say(
          'Zet een vinkje als de persoon van de aanmelding weet.',
          'Tick the box if the person knows of the registration.',
        ),
      };

/** The steps, each one thought. Names are those of the referral form (docs/guide/referral-form.md). */
export const steps: readonly Step[] = [
  {
    name: 'referrer',
    title: say('Wie meldt aan', 'Who registers'),
    fields: ['referrer.role', 'referrer.name', 'referrer.profession', 'referrer.phone'],
    check: all(
      (values, { isCare }) =>
        isCare && !['gp', 'poh-ggz'].includes(typedIn(values, 'referrer.role'))
          ? { 'referrer.role': say('Kies wat u bent.', 'Choose what you are.') }
          : {},
      needs('referrer.name', say('Vul uw naam in.', 'Fill in your name.')),
      (values, { isCare }) =>
        isCare ? {} : needs('referrer.profession', say('Vul uw beroep in.', 'Fill in your profession.'))(values),
      checkPhone('referrer.phone'),
    ),
  },
  {
    name: 'person',
    title: say('Voor wie', 'For whom'),
    fields: ['person.givenName', 'person.prefix', 'person.familyName', 'person.birthDate', 'person.bsn'],
    check: all(
      needs('person.familyName', say('Vul de achternaam in.', 'Fill in the family name.')),
      checkBirth,
      checkBsn,
    ),
  },
  {
    name: 'reach',
    title: say('Bereiken', 'Contact'),
    fields: ['person.postalCode', 'person.houseNumber', 'person.street', 'person.city', 'person.phone', 'person.email'],
    check: all(checkPostcode, checkPhone('person.phone'), (values) => {
      const typed = typedIn(values, 'person.email');
      return typed === '' || /^[^\s@]+@[^\s@]+$/.test(typed)
        ? {}
        : { 'person.email': say('Een e-mailadres heeft een @.', 'An e-mail address has an @.') };
    }),
  },
  {
    name: 'question',
    title: say('De vraag', 'The request'),
    fields: ['request', 'lifeDomain', 'complaint.text'],
    check: needs('request', say('Schrijf op wat de vraag is.', 'Write down what the request is.')),
  },
  {
    name: 'urgency',
    title: say('Haast', 'Urgency'),
    fields: ['priority'],
    check: (values) =>
      ['routine', 'urgent'].includes(typedIn(values, 'priority'))
        ? {}
        : { priority: say('Kies of er haast bij is.', 'Choose whether it is urgent.') },
  },
  {
    name: 'close',
    title: say('Mensen dichtbij', 'Close people'),
    fields: ['closeOne.name', 'closeOne.relationship', 'closeOne.phone'],
    check: all(checkPhone('closeOne.phone'), (values) =>
      typedIn(values, 'closeOne.name') === '' &&
      (typedIn(values, 'closeOne.phone') !== '' || typedIn(values, 'closeOne.relationship') !== '')
        ? {
            'closeOne.name': say(
              'Vul de naam in, of maak ook de rest leeg.',
              'Fill in the name, or empty the rest too.',
            ),
          }
        : {},
    ),
  },
  {
    name: 'share',
    title: say('Delen', 'Sharing'),
    fields: ['share.network', 'share.care', 'share.social', 'share.data', 'share.date'],
    check: checkShare,
  },
  { name: 'check', title: say('Nakijken', 'Check'), fields: ['agreed'], check: checkAgreed },
];

/** What is wrong in one step. */
export function errorsIn(step: Step, values: Values, applicant: Applicant): Errors {
  const long = step.fields.flatMap((name) =>
    (values[name] ?? []).some((it) => it.length > mostCharacters) ? [[name, tooLong] as const] : [],
  );
  return { ...step.check(values, applicant), ...Object.fromEntries(long) };
}

/** The first step with something wrong, by its number from 0; -1 where all is well. `before`: of the steps before this one. */
export const firstWrong = (values: Values, applicant: Applicant, before = steps.length): number =>
  steps.findIndex((it, index) => index < before && Object.keys(errorsIn(it, values, applicant)).length > 0);
