import type { Rule } from './rule.ts';
import { invalid, unreadable, warning } from './shared.ts';

/** Text, JSON and XML before there is a resource. */
export const parseRules = {
  'text-empty': {
    ...unreadable,
    type: 'required',
    en: 'The body is empty. Send one FHIR resource in JSON or XML, in UTF-8.',
    nl: 'De inhoud is leeg. Stuur één FHIR-resource in JSON of XML, in UTF-8.',
  },
  'nested-too-deep': {
    ...unreadable,
    type: 'too-costly',
    en: 'Elements are nested deeper than {limit}. Send a flatter message; no published definition of R4 needs more than 12.',
    nl: 'Elementen zijn dieper genest dan {limit}. Stuur een vlakker bericht; geen gepubliceerde definitie van R4 heeft meer dan 12 nodig.',
  },
  'json-syntax': {
    ...unreadable,
    en: 'This is not JSON: {expected} is expected here. Send one complete JSON document.',
    nl: 'Dit is geen JSON: hier wordt {expected} verwacht. Stuur één volledig JSON-document.',
  },
  'json-incomplete': {
    ...unreadable,
    type: 'incomplete',
    en: 'The text ends in the middle of the JSON. Send the complete document.',
    nl: 'De tekst eindigt midden in de JSON. Stuur het volledige document.',
  },
  'json-trailing-content': {
    ...unreadable,
    en: 'The JSON goes on after its end. Send exactly one document.',
    nl: 'De JSON gaat door na het einde. Stuur precies één document.',
  },
  'json-string-invalid': {
    ...unreadable,
    en: 'This string holds a control character or a wrong escape. Write them as \\n, \\t or \\u followed by four hexadecimal digits.',
    nl: 'Deze tekst bevat een stuurteken of een onjuiste escape. Schrijf ze als \\n, \\t of \\u met vier hexadecimale cijfers.',
  },
  'json-number-invalid': {
    ...unreadable,
    en: 'This is not a JSON number. Write digits with a dot for decimals, without leading zeros or plus sign.',
    nl: 'Dit is geen JSON-getal. Schrijf cijfers met een punt voor decimalen, zonder voorloopnullen of plusteken.',
  },
  'json-duplicate-key': {
    ...unreadable,
    type: 'duplicate',
    en: 'The property {name} stands twice in one object. Send it once; repeat values inside its array.',
    nl: 'De eigenschap {name} staat twee keer in één object. Stuur haar één keer; herhaal waarden binnen haar array.',
  },
  'json-forbidden-key': {
    ...unreadable,
    en: 'The property __proto__ is refused: no FHIR resource has it. Leave it out.',
    nl: 'De eigenschap __proto__ wordt geweigerd: geen FHIR-resource kent haar. Laat haar weg.',
  },
  'json-root-invalid': {
    ...unreadable,
    en: 'The JSON is not an object. Send one FHIR resource: an object with a resourceType.',
    nl: 'De JSON is geen object. Stuur één FHIR-resource: een object met een resourceType.',
  },
  'resource-type-missing': {
    ...unreadable,
    type: 'required',
    en: 'resourceType is missing or is not a name. Give the type of the resource, as "resourceType": "Bundle".',
    nl: 'resourceType ontbreekt of is geen naam. Geef het type van de resource, zoals "resourceType": "Bundle".',
  },
  'xml-syntax': {
    ...unreadable,
    en: 'This is not well-formed XML. Send one complete XML document in UTF-8.',
    nl: 'Dit is geen welgevormde XML. Stuur één volledig XML-document in UTF-8.',
  },
  'xml-incomplete': {
    ...unreadable,
    type: 'incomplete',
    en: 'The text ends in the middle of the XML. Send the complete document.',
    nl: 'De tekst eindigt midden in de XML. Stuur het volledige document.',
  },
  'xml-tag-mismatch': {
    ...unreadable,
    en: 'This end tag closes another element than the one that is open. Close elements in the order in which they were opened.',
    nl: 'Deze eindtag sluit een ander element dan het element dat open is. Sluit elementen in de volgorde waarin ze zijn geopend.',
  },
  'xml-character-invalid': {
    ...unreadable,
    en: 'This character may not stand in XML. Leave out control characters other than tab and line end.',
    nl: 'Dit teken mag niet in XML staan. Laat stuurtekens anders dan tab en regeleinde weg.',
  },
  'xml-doctype-forbidden': {
    ...unreadable,
    type: 'security',
    en: 'A DOCTYPE is refused. Send the FHIR resource without it.',
    nl: 'Een DOCTYPE wordt geweigerd. Stuur de FHIR-resource zonder DOCTYPE.',
  },
  'xml-entity-unknown': {
    ...unreadable,
    type: 'security',
    en: 'Only the entities amp, lt, gt, quot and apos exist in FHIR XML. Write other characters as themselves or by number.',
    nl: 'In FHIR-XML bestaan alleen de entiteiten amp, lt, gt, quot en apos. Schrijf andere tekens als zichzelf of met hun nummer.',
  },
  'xml-processing-instruction-forbidden': {
    ...unreadable,
    type: 'security',
    en: 'A processing instruction is refused; only the XML declaration may stand before the resource. Leave it out.',
    nl: 'Een verwerkingsinstructie wordt geweigerd; alleen de XML-declaratie mag voor de resource staan. Laat haar weg.',
  },
  'xml-declaration-unsupported': {
    ...unreadable,
    en: 'The XML declaration names another version than 1.0 or another encoding than UTF-8. Send FHIR in XML 1.0 and UTF-8.',
    nl: 'De XML-declaratie noemt een andere versie dan 1.0 of een andere codering dan UTF-8. Stuur FHIR in XML 1.0 en UTF-8.',
  },
  'xml-namespace-invalid': {
    ...unreadable,
    en: 'The element {name} is not in the namespace {expected}. Declare it with xmlns.',
    nl: 'Het element {name} staat niet in de namespace {expected}. Declareer die met xmlns.',
  },
  'xml-resource-type-unknown': {
    ...unreadable,
    type: 'not-supported',
    en: '{name} is no resource type of FHIR R4. Send an R4 resource.',
    nl: '{name} is geen resourcetype van FHIR R4. Stuur een R4-resource.',
  },
  'xml-element-unknown': {
    ...invalid,
    type: 'structure',
    en: '{parent} has no element {name}. Correct the name, or use an extension.',
    nl: '{parent} kent geen element {name}. Verbeter de naam, of gebruik een extensie.',
  },
  'xml-attribute-unknown': {
    ...invalid,
    type: 'structure',
    en: 'The element {parent} has no attribute {name}. Leave it out.',
    nl: 'Het element {parent} kent geen attribuut {name}. Laat het weg.',
  },
  'xml-schema-location-ignored': {
    ...warning,
    type: 'structure',
    en: 'FHIR XML that is exchanged may not name its schema; xsi:{name} is ignored. Leave it out.',
    nl: 'FHIR-XML die wordt uitgewisseld mag haar schema niet noemen; xsi:{name} wordt genegeerd. Laat het weg.',
  },
  'xml-text-forbidden': {
    ...invalid,
    type: 'structure',
    en: 'Text stands inside {name}. FHIR XML carries values in the attribute value.',
    nl: 'Er staat tekst in {name}. FHIR-XML draagt waarden in het attribuut value.',
  },
  'xml-element-order': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} comes too late: it stands before {after}. Send the elements in the order of their definition.',
    nl: 'Het element {name} komt te laat: het hoort voor {after}. Stuur de elementen in de volgorde van hun definitie.',
  },
  'xml-element-repeated': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} stands more than once, but may not repeat. Send it once.',
    nl: 'Het element {name} staat er meer dan eens, maar mag niet herhalen. Stuur het één keer.',
  },
  'xml-element-empty': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} is empty. Give it a value, child elements or an extension, or leave it out.',
    nl: 'Het element {name} is leeg. Geef het een waarde, kindelementen of een extensie, of laat het weg.',
  },
  'xml-resource-count': {
    ...invalid,
    type: 'structure',
    en: 'The element {name} must hold exactly one resource. Repeat {name} for each resource.',
    nl: 'Het element {name} moet precies één resource bevatten. Herhaal {name} voor elke resource.',
  },
  'xhtml-syntax': {
    ...invalid,
    severity: 'fatal',
    type: 'structure',
    en: 'The narrative is not well-formed XHTML with one div as root. Close every element, and write characters as themselves instead of as HTML entities.',
    nl: 'De tekstweergave is geen welgevormde XHTML met één div als wortel. Sluit elk element, en schrijf tekens als zichzelf in plaats van als HTML-entiteit.',
  },
  'xml-not-writable': {
    ...invalid,
    severity: 'fatal',
    type: 'structure',
    en: 'This can not be written as XML: {name} is unknown here, or its value has another type than R4 gives it, or holds a character that XML lacks. Validate the resource first.',
    nl: 'Dit is niet als XML te schrijven: {name} is hier onbekend, of de waarde heeft een ander type dan R4 eraan geeft, of bevat een teken dat XML niet kent. Valideer de resource eerst.',
  },
} as const satisfies Record<string, Rule>;
