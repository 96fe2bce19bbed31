import type { Rule } from './rule.ts';
import { gatewayTransient, information, invalid, warning } from './shared.ts';

/** Codes, value sets and units. */
export const bindingRules = {
  'units-not-comparable': {
    ...invalid,
    type: 'value',
    en: '{element} cannot be compared with its limit {limit}. Send system http://unitsofmeasure.org and a code of the same dimension.',
    nl: '{element} is niet te vergelijken met de grens {limit}. Stuur system http://unitsofmeasure.org en een code van dezelfde dimensie.',
  },
  'binding-required': {
    ...invalid,
    type: 'code-invalid',
    en: '{element} must be a code of value set {valueSet}. Send one of its codes{codes}.',
    nl: '{element} moet een code uit waardelijst {valueSet} zijn. Stuur een van de codes daaruit{codes}.',
  },
  'binding-text-only': {
    ...warning,
    type: 'code-invalid',
    en: '{element} has no code, only text; value set {valueSet} asks a code.',
    nl: '{element} heeft geen code, alleen tekst; waardelijst {valueSet} vraagt een code.',
  },
  'binding-extensible': {
    ...warning,
    type: 'code-invalid',
    en: '{element} has no code of value set {valueSet}. Send one when the set has a code for it.',
    nl: '{element} heeft geen code uit waardelijst {valueSet}. Stuur die als de lijst er een voor heeft.',
  },
  'code-system-not-loaded': {
    ...information,
    type: 'not-supported',
    en: 'Whether {element} is in value set {valueSet} is not known here: the content of {systems} is not loaded. Ask a terminology server, or waive it by name.',
    nl: 'Of {element} in waardelijst {valueSet} staat is hier niet bekend: de inhoud van {systems} is niet geladen. Vraag het een terminologieserver, of zie er met naam van af.',
  },
  'terminology-not-found': {
    ...information,
    type: 'not-supported',
    en: 'The terminology server does not know value set {valueSet} or the code system of {element}, so the code was not checked. Load it there, or waive it by name.',
    nl: 'De terminologieserver kent waardelijst {valueSet} of het codestelsel van {element} niet, dus de code is niet nagegaan. Laad het daar, of zie er met naam van af.',
  },
  'terminology-unavailable': {
    ...gatewayTransient,
    en: 'Whether {element} is in value set {valueSet} could not be asked: the terminology server does not answer. Nothing was stored. Send the same message with the same X-Request-Id later.',
    nl: 'Of {element} in waardelijst {valueSet} staat kon niet worden gevraagd: de terminologieserver antwoordt niet. Er is niets opgeslagen. Stuur hetzelfde bericht met dezelfde X-Request-Id later opnieuw.',
  },
  'binding-waived': {
    ...information,
    en: 'Whether {element} is in value set {valueSet} was not checked: waived by {waiver}.',
    nl: 'Of {element} in waardelijst {valueSet} staat is niet nagegaan: daarvan is afgezien door {waiver}.',
  },
  'value-set-not-loaded': {
    ...information,
    type: 'not-found',
    en: 'Value set {valueSet} of {element} is not loaded, so the code was not checked. Load the package that defines it.',
    nl: 'Waardelijst {valueSet} van {element} is niet geladen, dus de code is niet nagegaan. Laad het pakket dat die definieert.',
  },
  'code-unknown': {
    ...warning,
    type: 'code-invalid',
    en: 'Code system {system} has no such code. Check its spelling.',
    nl: 'Codestelsel {system} kent deze code niet. Controleer de spelling.',
  },
  'display-mismatch': {
    ...warning,
    type: 'code-invalid',
    en: 'The display does not belong to this code of {system}. Send the display of the code system, or leave it out.',
    nl: 'De omschrijving hoort niet bij deze code van {system}. Stuur de omschrijving uit het codestelsel, of laat haar weg.',
  },
  'ucum-code-invalid': {
    ...warning,
    type: 'code-invalid',
    en: 'This code is no UCUM unit. Send a valid code of http://unitsofmeasure.org, or another system.',
    nl: 'Deze code is geen UCUM-eenheid. Stuur een geldige code van http://unitsofmeasure.org, of een ander system.',
  },
} as const satisfies Record<string, Rule>;
