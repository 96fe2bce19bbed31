import type { Rule } from './rule.ts';

const operator = { severity: 'error', fault: 'sender', category: 'invalid' } as const;

/** What can be wrong when another configuration set is asked for. What is wrong inside a set its own rules tell. */
export const configurationRules = {
  'configuration-unknown': {
    ...operator,
    type: 'not-found',
    en: 'This store knows no configuration set {set}, or several that begin so. See which there are with: mgn config list',
    nl: 'Deze opslag kent geen configuratie {set}, of meer dan één die zo begint. Bekijk welke er zijn met: mgn config list',
  },
  'configuration-not-tried': {
    ...operator,
    type: 'business-rule',
    en: 'Nobody has seen yet what set {set} would change for the messages recorded here. Run mgn config shadow with it first, or activate with --without-shadow.',
    nl: 'Nog niemand heeft gezien wat configuratie {set} zou veranderen voor de hier bewaarde berichten. Draai er eerst mgn config shadow mee, of activeer met --without-shadow.',
  },
  'configuration-no-previous': {
    ...operator,
    type: 'not-found',
    en: 'There is no previous configuration set on this store: only one has decided here so far.',
    nl: 'Er is geen vorige configuratie in deze opslag: tot nu toe heeft er maar één beslist.',
  },
  'configuration-raced': {
    ...operator,
    category: 'conflict',
    type: 'conflict',
    en: 'Somebody else activated a configuration at this very moment. Nothing was changed by this command; look with mgn config list and try again.',
    nl: 'Iemand anders activeerde op ditzelfde moment een configuratie. Deze opdracht heeft niets gewijzigd; kijk met mgn config list en probeer het opnieuw.',
  },
  'configuration-wish': {
    ...operator,
    category: 'malformed',
    type: 'structure',
    en: 'Send JSON with one of: "files" (each with "path", such as mappings/routes.yaml, and "text"), "set" (the beginning of a digest), "previous": true.',
    nl: 'Stuur JSON met één van: "files" (elk met "path", zoals mappings/routes.yaml, en "text"), "set" (het begin van een digest), "previous": true.',
  },
  'configuration-secret-missing': {
    ...operator,
    type: 'not-found',
    en: 'This gateway cannot work by this set, and goes on by the one before. {problem}',
    nl: 'Deze gateway kan niet met deze configuratie werken en gaat door met de vorige. {problem}',
  },
  'configuration-not-of-this-release': {
    ...operator,
    fault: 'gateway',
    category: 'internal',
    type: 'processing',
    en: 'Configuration {set} was activated on this store and does not compile with this version of the gateway; what is wrong with it is told beside this. Activate one that does: mgn config activate DIR --without-shadow.',
    nl: 'Configuratie {set} is op deze opslag geactiveerd en compileert niet met deze versie van de gateway; wat eraan schort staat hierbij. Activeer er een die dat wel doet: mgn config activate MAP --without-shadow.',
  },
} as const satisfies Record<string, Rule>;
