import type { Rule } from './rule.ts';

const malformed = { category: 'malformed', type: 'structure', severity: 'fatal', fault: 'sender' } as const;
/** The message goes on; a person may have to look. */
const doubtful = { category: 'invalid', severity: 'warning', fault: 'sender' } as const;

/** What can be wrong before there is a resource: text, JSON, XML; and what references and Bundles can lack. */
export const parseRules = {
  'text-empty': {
    ...malformed,
    type: 'required',
    en: 'The body is empty. Send one FHIR resource in JSON or XML, in UTF-8.',
    nl: 'De inhoud is leeg. Stuur één FHIR-resource in JSON of XML, in UTF-8.',
  },
  'nested-too-deep': {
    ...malformed,
    type: 'too-costly',
    en: 'Elements are nested deeper than {limit}. Send a flatter message; no published definition of R4 needs more than 12.',
    nl: 'Elementen zijn dieper genest dan {limit}. Stuur een vlakker bericht; geen gepubliceerde definitie van R4 heeft meer dan 12 nodig.',
  },
  'json-syntax': {
    ...malformed,
    en: 'This is not JSON: {expected} is expected here. Send one complete JSON document.',
    nl: 'Dit is geen JSON: hier wordt {expected} verwacht. Stuur één volledig JSON-document.',
  },
  'json-incomplete': {
    ...malformed,
    type: 'incomplete',
    en: 'The text ends in the middle of the JSON. Send the complete document.',
    nl: 'De tekst eindigt midden in de JSON. Stuur het volledige document.',
  },
  'json-trailing': {
    ...malformed,
    en: 'The JSON goes on after its end. Send exactly one document.',
    nl: 'De JSON gaat door na het einde. Stuur precies één document.',
  },
  'json-string': {
    ...malformed,
    en: 'This string holds a control character or a wrong escape. Write them as \\n, \\t or \\u followed by four hexadecimal digits.',
    nl: 'Deze tekst bevat een stuurteken of een onjuiste escape. Schrijf ze als \\n, \\t of \\u met vier hexadecimale cijfers.',
  },
  'json-number': {
    ...malformed,
    en: 'This is not a JSON number. Write digits with a dot for decimals, without leading zeros or plus sign.',
    nl: 'Dit is geen JSON-getal. Schrijf cijfers met een punt voor decimalen, zonder voorloopnullen of plusteken.',
  },
  'json-duplicate-key': {
    ...malformed,
    type: 'duplicate',
    en: 'The property {name} stands twice in one object. Send it once; repeat values inside its array.',
    nl: 'De eigenschap {name} staat twee keer in één object. Stuur haar één keer; herhaal waarden binnen haar array.',
  },
  'json-forbidden-key': {
    ...malformed,
    en: 'The property __proto__ is refused: no FHIR resource has it. Leave it out.',
    nl: 'De eigenschap __proto__ wordt geweigerd: geen FHIR-resource kent haar. Laat haar weg.',
  },
  'json-root': {
    ...malformed,
    en: 'The JSON is not an object. Send one FHIR resource: an object with a resourceType.',
    nl: 'De JSON is geen object. Stuur één FHIR-resource: een object met een resourceType.',
  },
  'resource-type-missing': {
    ...malformed,
    type: 'required',
    en: 'resourceType is missing or is not a name. Give the type of the resource, as "resourceType": "Bundle".',
    nl: 'resourceType ontbreekt of is geen naam. Geef het type van de resource, zoals "resourceType": "Bundle".',
  },
  'entry-address-repeated': {
    ...doubtful,
    type: 'duplicate',
    en: 'Entry {first} has the same fullUrl. References to it lead to that first entry; give each entry its own fullUrl.',
    nl: 'Entry {first} heeft dezelfde fullUrl. Verwijzingen ernaar leiden naar die eerste entry; geef elke entry een eigen fullUrl.',
  },
  'entry-id-repeated': {
    ...doubtful,
    type: 'duplicate',
    en: 'Entry {first} holds a resource of the same type with the same id. A reference by type and id leads to that first one; give each its own id.',
    nl: 'Entry {first} bevat een resource van hetzelfde type met hetzelfde id. Een verwijzing met type en id leidt naar die eerste; geef elk een eigen id.',
  },
  'reference-first-taken': {
    ...doubtful,
    type: 'multiple-matches',
    en: 'More than one entry answers to this reference; the first, entry {first}, was taken. Give each entry its own fullUrl and id.',
    nl: 'Meer dan één entry past bij deze verwijzing; de eerste, entry {first}, is genomen. Geef elke entry een eigen fullUrl en id.',
  },
  'reference-kept-unresolved': {
    ...doubtful,
    type: 'not-found',
    en: 'This reference leads to no entry of the Bundle and to nothing that the gateway knows; it stays as it was sent. Add the resource, or give an identifier beside the reference.',
    nl: 'Deze verwijzing leidt naar geen entry van de Bundle en naar niets dat de gateway kent; zij blijft zoals gestuurd. Voeg de resource toe, of geef naast de verwijzing een identifier.',
  },
} as const satisfies Record<string, Rule>;
