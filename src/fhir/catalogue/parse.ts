import type { Rule } from './rule.ts';
import { invalid, unreadable, warning } from './shared.ts';

/** Text, JSON and XML before there is a resource. */
export const parseRules = {
  'text-empty': {
    ...unreadable,
    type: 'required',
    en: 'The body is empty. Send one FHIR resource in JSON or XML, encoded in UTF-8.',
    nl: 'De inhoud is leeg. Stuur één FHIR-resource in JSON of XML, gecodeerd in UTF-8.',
  },
  'nested-too-deep': {
    ...unreadable,
    type: 'too-costly',
    en: 'Elements are nested deeper than {limit} levels. Send a flatter message; no published definition of R4 needs more than 12.',
    nl: 'Elementen zijn dieper genest dan {limit} niveaus. Stuur een vlakker bericht; geen gepubliceerde definitie van R4 heeft er meer dan 12 nodig.',
  },
  'json-syntax': {
    ...unreadable,
    en: 'Not valid JSON: expected {expected}. Send one complete JSON document.',
    nl: 'Geen geldige JSON: hier hoort {expected}. Stuur één volledig JSON-document.',
  },
  'json-incomplete': {
    ...unreadable,
    type: 'incomplete',
    en: 'The text ends in the middle of the JSON. Send the complete document.',
    nl: 'De tekst eindigt midden in de JSON. Stuur het volledige document.',
  },
  'json-trailing-content': {
    ...unreadable,
    en: 'Text follows the end of the JSON document. Send exactly one document.',
    nl: 'Na het einde van het JSON-document staat nog tekst. Stuur precies één document.',
  },
  'json-string-invalid': {
    ...unreadable,
    en: 'This string contains a control character or an invalid escape. Write control characters as \\n, \\t or \\u followed by four hexadecimal digits.',
    nl: 'Deze tekst bevat een stuurteken of een onjuiste escape. Schrijf stuurtekens als \\n, \\t of \\u met vier hexadecimale cijfers.',
  },
  'character-forbidden': {
    ...unreadable,
    type: 'value',
    en: 'The value or name here contains a character that XML cannot carry: a control character such as U+0000, half of a surrogate pair, U+FFFE or U+FFFF. Remove the character, or replace it with U+FFFD.',
    nl: 'De waarde of naam hier bevat een teken dat niet in XML past: een stuurteken zoals U+0000, een half surrogaatpaar, U+FFFE of U+FFFF. Verwijder het teken, of vervang het door U+FFFD.',
  },
  'json-number-invalid': {
    ...unreadable,
    en: 'Not a valid JSON number. Write digits with a dot for decimals, without leading zeros or a plus sign.',
    nl: 'Geen geldig JSON-getal. Schrijf cijfers met een punt voor decimalen, zonder voorloopnullen of plusteken.',
  },
  'json-duplicate-key': {
    ...unreadable,
    type: 'duplicate',
    en: 'The property {name} occurs twice in one object. Send it once; put repeated values in its array.',
    nl: 'De eigenschap {name} staat twee keer in één object. Stuur haar één keer; zet herhaalde waarden in de array.',
  },
  'json-forbidden-key': {
    ...unreadable,
    en: 'The property __proto__ is not allowed: no FHIR resource has it. Remove it.',
    nl: 'De eigenschap __proto__ mag niet: geen FHIR-resource heeft haar. Verwijder haar.',
  },
  'json-root-invalid': {
    ...unreadable,
    en: 'The JSON is not an object. Send one FHIR resource: an object with a resourceType.',
    nl: 'De JSON is geen object. Stuur één FHIR-resource: een object met een resourceType.',
  },
  'resource-type-missing': {
    ...unreadable,
    type: 'required',
    en: 'resourceType is missing or is not a name. Add the type of the resource, for example "resourceType": "Bundle".',
    nl: 'resourceType ontbreekt of is geen naam. Vul het type van de resource in, bijvoorbeeld "resourceType": "Bundle".',
  },
  'xml-syntax': {
    ...unreadable,
    en: 'Not well-formed XML. Send one complete XML document in UTF-8.',
    nl: 'Geen welgevormde XML. Stuur één volledig XML-document in UTF-8.',
  },
  'xml-incomplete': {
    ...unreadable,
    type: 'incomplete',
    en: 'The text ends in the middle of the XML. Send the complete document.',
    nl: 'De tekst eindigt midden in de XML. Stuur het volledige document.',
  },
  'xml-tag-mismatch': {
    ...unreadable,
    en: 'This end tag does not match the open element. Close elements in the reverse order of opening.',
    nl: 'Deze eindtag past niet bij het element dat open is. Sluit elementen in omgekeerde volgorde van openen.',
  },
  'xml-character-invalid': {
    ...unreadable,
    en: 'This character is not allowed in XML. Remove control characters other than tab and line end.',
    nl: 'Dit teken mag niet in XML staan. Verwijder stuurtekens, behalve tab en regeleinde.',
  },
  'xml-doctype-forbidden': {
    ...unreadable,
    type: 'security',
    en: 'A DOCTYPE is not allowed. Send the FHIR resource without it.',
    nl: 'Een DOCTYPE mag niet. Stuur de FHIR-resource zonder DOCTYPE.',
  },
  'xml-entity-unknown': {
    ...unreadable,
    type: 'security',
    en: 'FHIR XML has only the entities amp, lt, gt, quot and apos. Write other characters literally or as a numeric reference.',
    nl: 'FHIR-XML heeft alleen de entiteiten amp, lt, gt, quot en apos. Schrijf andere tekens gewoon uit, of met hun nummer.',
  },
  'xml-processing-instruction-forbidden': {
    ...unreadable,
    type: 'security',
    en: 'A processing instruction is not allowed; only the XML declaration may precede the resource. Remove it.',
    nl: 'Een verwerkingsinstructie mag niet; alleen de XML-declaratie mag voor de resource staan. Verwijder de instructie.',
  },
  'xml-declaration-unsupported': {
    ...unreadable,
    en: 'The XML declaration states a version other than 1.0 or an encoding other than UTF-8. Send XML 1.0 in UTF-8.',
    nl: 'De XML-declaratie noemt een andere versie dan 1.0 of een andere codering dan UTF-8. Stuur XML 1.0 in UTF-8.',
  },
  'xml-namespace-invalid': {
    ...unreadable,
    en: 'The element {name} is not in the namespace {expected}. Declare that namespace with xmlns.',
    nl: 'Het element {name} staat niet in de namespace {expected}. Declareer die namespace met xmlns.',
  },
  'xml-resource-type-unknown': {
    ...unreadable,
    type: 'not-supported',
    en: '{name} is not a resource type of FHIR R4. Send an R4 resource.',
    nl: '{name} is geen resourcetype van FHIR R4. Stuur een R4-resource.',
  },
  'xml-element-unknown': {
    ...invalid,
    type: 'structure',
    en: '{parent} has no element {name}. Correct the name, or use an extension.',
    nl: '{parent} heeft geen element {name}. Verbeter de naam, of gebruik een extensie.',
  },
  'xml-attribute-unknown': {
    ...invalid,
    type: 'structure',
    en: 'The element {parent} has no attribute {name}. Remove it.',
    nl: 'Het element {parent} heeft geen attribuut {name}. Verwijder het.',
  },
  'xml-schema-location-ignored': {
    ...warning,
    type: 'structure',
    en: 'xsi:{name} was ignored: FHIR XML in exchange must not refer to its schema. Remove it.',
    nl: 'xsi:{name} is genegeerd: FHIR-XML die u uitwisselt mag niet naar haar schema verwijzen. Verwijder het.',
  },
  'xml-text-forbidden': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} contains text. FHIR XML puts values in the attribute value: move the text there.',
    nl: 'Het element {name} bevat tekst. In FHIR-XML staan waarden in het attribuut value: zet de tekst daar.',
  },
  'xml-element-order': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} is out of order: it belongs before {after}. Send the elements in the order of their definition.',
    nl: 'Het element {name} staat niet op volgorde: het hoort vóór {after}. Stuur de elementen in de volgorde van hun definitie.',
  },
  'xml-element-repeated': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} occurs more than once, but does not repeat. Send it once.',
    nl: 'Het element {name} staat er meer dan eens, maar mag niet herhalen. Stuur het één keer.',
  },
  'xml-element-empty': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} is empty. Add a value, child elements or an extension, or remove it.',
    nl: 'Het element {name} is leeg. Vul een waarde, kindelementen of een extensie in, of verwijder het.',
  },
  'xml-resource-count': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} must contain exactly one resource. Repeat {name} for each resource.',
    nl: 'Het element {name} moet precies één resource bevatten. Herhaal {name} voor elke resource.',
  },
  'xhtml-syntax': {
    ...invalid,
    severity: 'fatal',
    type: 'structure',
    en: 'The narrative is not well-formed XHTML with one div as its root. Close every element, and write characters literally instead of as HTML entities.',
    nl: 'De tekstweergave is geen welgevormde XHTML met één div als wortel. Sluit elk element, en schrijf tekens gewoon uit in plaats van als HTML-entiteit.',
  },
  'xml-not-writable': {
    ...invalid,
    severity: 'fatal',
    type: 'structure',
    en: '{name} cannot be written as XML: it is not an element of R4, its value has another type than R4 defines, or contains a character that XML does not allow. Validate the resource first.',
    nl: '{name} is niet als XML te schrijven: het is geen element van R4, de waarde heeft een ander type dan R4 bepaalt, of bevat een teken dat XML niet toestaat. Valideer de resource eerst.',
  },
} as const satisfies Record<string, Rule>;
