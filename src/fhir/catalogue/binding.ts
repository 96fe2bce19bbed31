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
    nl: '{element} moet een code uit waardelijst {valueSet} zijn. Stuur een van die codes{codes}.',
  },
  'binding-text-only': {
    ...warning,
    type: 'code-invalid',
    en: '{element} has text but no code; value set {valueSet} requires a code. Add one.',
    nl: '{element} heeft tekst maar geen code; waardelijst {valueSet} vraagt een code. Voeg die toe.',
  },
  'binding-extensible': {
    ...warning,
    type: 'code-invalid',
    en: '{element} has no code of value set {valueSet}. Send one if the value set has a code for this meaning.',
    nl: '{element} heeft geen code uit waardelijst {valueSet}. Stuur er een als de lijst een code voor deze betekenis heeft.',
  },
  'code-system-not-loaded': {
    ...information,
    type: 'not-supported',
    en: 'The code of {element} was not checked against value set {valueSet}: the content of {systems} is not loaded. Configure a terminology server, or waive the check by name.',
    nl: 'De code van {element} is niet gecontroleerd met waardelijst {valueSet}: de inhoud van {systems} is niet geladen. Stel een terminologieserver in, of zie met naam van de controle af.',
  },
  'terminology-not-found': {
    ...information,
    type: 'not-supported',
    en: 'The code of {element} was not checked: the terminology server has no value set {valueSet} or no such code system. Load it there, or waive the check by name.',
    nl: 'De code van {element} is niet gecontroleerd: de terminologieserver heeft waardelijst {valueSet} of het codestelsel niet. Laad het daar, of zie met naam van de controle af.',
  },
  'terminology-unavailable': {
    ...gatewayTransient,
    en: 'The code of {element} could not be checked against value set {valueSet}: the terminology server does not respond. Nothing was stored. Send the same message with the same X-Request-Id later.',
    nl: 'De code van {element} was niet te controleren met waardelijst {valueSet}: de terminologieserver reageert niet. De gateway heeft niets opgeslagen. Stuur hetzelfde bericht later opnieuw met dezelfde X-Request-Id.',
  },
  'binding-waived': {
    ...information,
    en: 'The code of {element} was not checked against value set {valueSet}: waived by {waiver}.',
    nl: 'De code van {element} is niet gecontroleerd met waardelijst {valueSet}: {waiver} ziet daarvan af.',
  },
  'value-set-not-loaded': {
    ...information,
    type: 'not-found',
    en: 'The code of {element} was not checked: value set {valueSet} is not loaded. Load the package that defines it.',
    nl: 'De code van {element} is niet gecontroleerd: waardelijst {valueSet} is niet geladen. Laad het pakket dat die definieert.',
  },
  'code-unknown': {
    ...warning,
    type: 'code-invalid',
    en: 'Code system {system} has no such code. Check the spelling.',
    nl: 'Codestelsel {system} heeft deze code niet. Controleer de spelling.',
  },
  'display-mismatch': {
    ...warning,
    type: 'code-invalid',
    en: 'The display does not match this code of {system}. Send the display of the code system, or remove it.',
    nl: 'De omschrijving hoort niet bij deze code van {system}. Stuur de omschrijving uit het codestelsel, of verwijder haar.',
  },
  'ucum-code-invalid': {
    ...warning,
    type: 'code-invalid',
    en: 'Not a valid UCUM unit. Send a code of http://unitsofmeasure.org, or another system.',
    nl: 'Geen geldige UCUM-eenheid. Stuur een code van http://unitsofmeasure.org, of een ander system.',
  },
} as const satisfies Record<string, Rule>;
