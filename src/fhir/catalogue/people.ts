import type { Rule } from './rule.ts';
import { forbidden, gatewayTransient, inConfiguration, invalid, malformed } from './shared.ts';

const login = { ...invalid, category: 'login', type: 'login' } as const satisfies Partial<Rule>;

/** People who log in: the provider, sessions, emergency access; and the settings of it. */
export const peopleRules = {
  'login-people-absent': {
    ...invalid,
    category: 'not-found',
    type: 'not-found',
    en: 'People cannot log in at this gateway. The operator of the network adds people.provider to network.yaml.',
    nl: 'Bij deze gateway kunnen mensen niet inloggen. De beheerder van het netwerk voegt people.provider toe aan network.yaml.',
  },
  'login-provider-unavailable': {
    ...gatewayTransient,
    en: 'The login service does not answer. Nothing was changed. Try again in a minute; if it continues, notify the operator of the network.',
    nl: 'De inlogdienst antwoordt niet. Er is niets veranderd. Probeer het over een minuut opnieuw. Blijft het zo, meld het dan aan de beheerder van het netwerk.',
  },
  'login-provider-refused': {
    ...login,
    en: 'The login service did not log you in ({problem}). Log in again, or request an account from your own organisation.',
    nl: 'De inlogdienst heeft u niet ingelogd ({problem}). Log opnieuw in, of vraag uw eigen organisatie om een account.',
  },
  'login-response-invalid': {
    ...login,
    type: 'security',
    en: 'The answer of the login service is not valid ({problem}). Log in again from the start; do not use an old link or the back button.',
    nl: 'Het antwoord van de inlogdienst is niet geldig ({problem}). Log opnieuw in vanaf het begin. Gebruik geen oude link en niet de knop terug.',
  },
  'login-attempt-missing': {
    ...login,
    en: 'This browser did not begin this login, or more than 10 minutes ago. Log in again, and permit the cookies of this address.',
    nl: 'Deze browser is niet met dit inloggen begonnen, of meer dan 10 minuten geleden. Log opnieuw in, en sta cookies van dit adres toe.',
  },
  'login-person-unknown': {
    ...forbidden,
    en: 'You are logged in, but have no role in this network. Request one from your own organisation; the operator of the network assigns roles and organisations under people in network.yaml.',
    nl: 'U bent ingelogd, maar hebt geen rol in dit netwerk. Vraag een rol aan uw eigen organisatie. De beheerder van het netwerk kent rollen en organisaties toe onder people in network.yaml.',
  },
  'login-assurance-insufficient': {
    ...forbidden,
    en: 'Your role requires a stronger login than this one (level: {found}). Log in again with a second factor or another means of login.',
    nl: 'Uw rol vraagt om een sterkere inlog dan deze (niveau: {found}). Log opnieuw in met een tweede stap of een ander inlogmiddel.',
  },
  'login-organization-ambiguous': {
    ...forbidden,
    en: 'You work for several organisations of this network: {partners}. Choose one: /login?partner= and its name.',
    nl: 'U werkt voor meer organisaties van dit netwerk: {partners}. Kies er een: /login?partner= en de naam ervan.',
  },
  'session-ended': {
    ...login,
    type: 'expired',
    en: 'Your session has ended. Log in again.',
    nl: 'Uw sessie is afgelopen. Log opnieuw in.',
  },
  'request-forged': {
    ...forbidden,
    type: 'security',
    en: 'This request did not come from a page of this gateway. Nothing was done. Open the page anew, and send the header X-CSRF-Token with the token of GET /session.',
    nl: 'Dit verzoek kwam niet van een pagina van deze gateway. Er is niets gedaan. Open de pagina opnieuw, en stuur de header X-CSRF-Token mee met het token van GET /session.',
  },
  'person-may-not-act': {
    ...forbidden,
    en: 'Your role may not send or change anything. A colleague with the role professional may.',
    nl: 'Met uw rol mag u niets sturen of wijzigen. Vraag het iemand van uw organisatie met de rol professional.',
  },
  'emergency-forbidden': {
    ...forbidden,
    en: 'You may not use emergency access. The operator of the network assigns it with a role (emergency: true), and never to the social domain.',
    nl: 'U mag geen noodtoegang gebruiken. De beheerder van het netwerk kent die toe bij een rol (emergency: true), en nooit aan het sociaal domein.',
  },
  'emergency-request-invalid': {
    ...malformed,
    type: 'structure',
    en: 'The request for emergency access is not complete. Send JSON with about (Type/id of one resource about one person) and reason.',
    nl: 'Het verzoek om noodtoegang is niet compleet. Stuur JSON met about (Type/id van één resource over één persoon) en reason.',
  },
  'emergency-reason-invalid': {
    ...invalid,
    type: 'required',
    en: 'Emergency access needs a reason of 20 to 300 characters on one line, without a number of nine digits. The person gets to read it: say why it could not wait.',
    nl: 'Noodtoegang heeft een reden nodig van 20 tot 300 tekens op één regel, zonder getal van negen cijfers. De persoon krijgt die te lezen: zeg waarom het niet kon wachten.',
  },
  'demo-persons-outside-demo': {
    ...inConfiguration,
    type: 'security',
    en: 'network.yaml has demo-persons, who log in without proof. They are for a demo network only, whose base-url is on this machine. Remove them, and name people.provider.',
    nl: 'network.yaml heeft demo-persons, die zonder bewijs inloggen. Dat mag alleen in een demonetwerk, met een base-url op deze machine. Verwijder ze, en noem people.provider.',
  },
} as const satisfies Record<string, Rule>;
