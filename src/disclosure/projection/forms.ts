import { canonicalBase, mgnCodeSystem, mgnExtension, mgnNaming, mgnProfile } from '../../fhir/canonical.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { socialLifeDomains } from '../social-life-domains.ts';
import { type Filter, isElements, listOf, partsOf, whole } from './filter.ts';
import { city, contactPoint, country, familyName, givenName, postalCode, street, title } from './names.ts';
import { code, dateTime, matching, number, startingWith, text, uuid, versionNumber } from './primitives.ts';

/**
 * A form of a value that a line may name (`as`). A form of a complex datatype names all parts that pass: no extension,
 * display, assigner or text passes beside them.
 */
export type Form = {
  /** FHIR datatypes it fits; `*`: any. */
  readonly types: readonly string[];
  /** In plain words, for the page of the recipient. */
  readonly words: string;
  readonly dutch: string;
  /** Code systems it names, to be checked against those of the network. */
  readonly systems?: readonly string[];
  readonly filter: Filter;
  /** A value that passes. */
  readonly sample: unknown;
};

/** Only where all of these parts pass. */
const all =
  (names: readonly string[], filter: Filter): Filter =>
  (value, context) => {
    const passed = filter(value, context);
    return isElements(passed) && names.every((name) => passed[name] !== undefined) ? passed : undefined;
  };

const strings = ['string', 'markdown', 'xhtml', 'uri', 'canonical', 'id', 'code'];
const sampleId = '5f0c1f0e-0000-4000-8000-00000000abcd';

const identifierOf = (system: RegExp, value: Filter): Filter =>
  all(
    ['system', 'value'],
    partsOf([
      ['system', matching(system)],
      ['value', value],
    ]),
  );
const escaped = (it: string): string => it.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const oneOf = (...systems: readonly string[]): RegExp => new RegExp(`^(?:${systems.map(escaped).join('|')})$`);
const ownSystems = [mgnNaming('resource'), mgnNaming('task')];

const fixed: Readonly<Record<string, Form>> = {
  whole: { types: ['*'], words: 'as stored', dutch: 'zoals opgeslagen', filter: whole, sample: undefined },
  text: { types: strings, words: 'free text', dutch: 'vrije tekst', filter: text, sample: 'In woorden' },
  code: { types: ['code', 'string'], words: 'a code', dutch: 'een code', filter: code, sample: 'active' },
  'date or time': {
    types: ['dateTime', 'date', 'instant'],
    words: 'a date or time',
    dutch: 'een datum of tijd',
    filter: dateTime,
    sample: '2026-11-27T10:00:00+01:00',
  },
  number: {
    types: ['positiveInt', 'unsignedInt', 'integer', 'decimal'],
    words: 'a number',
    dutch: 'een getal',
    filter: number,
    sample: 45,
  },
  'gateway id': {
    types: ['id', 'string'],
    words: 'an id of the gateway',
    dutch: 'een id van de gateway',
    filter: uuid,
    sample: sampleId,
  },
  id: {
    types: ['id', 'string'],
    words: 'an id',
    dutch: 'een id',
    filter: matching(/^[A-Za-z0-9.-]{1,64}$/),
    sample: sampleId,
  },
  'version number': {
    types: ['id'],
    words: 'the number of a version',
    dutch: 'het nummer van een versie',
    filter: versionNumber,
    sample: '3',
  },
  'gateway address': {
    types: ['uri', 'canonical'],
    words: 'a name of the gateway itself',
    dutch: 'een naam van de gateway zelf',
    filter: startingWith(`${canonicalBase}/`, /^[\w:/.#-]+$/),
    sample: `${canonicalBase}/NamingSystem/partner#ggz`,
  },
  'partner as source': {
    types: ['uri'],
    words: 'the partner that sent it',
    dutch: 'de partner die het stuurde',
    filter: startingWith(`${mgnNaming('partner')}#`, /^[\w:/.#-]{1,200}$/),
    sample: `${mgnNaming('partner')}#ggz`,
  },
  'gateway profile': {
    types: ['canonical'],
    words: 'a profile of the gateway',
    dutch: 'een profiel van de gateway',
    filter: startingWith(mgnProfile(''), /^[\w:/.|-]{1,200}$/),
    sample: mgnProfile('coordination-task'),
  },
  'published questionnaire': {
    types: ['canonical'],
    words: 'the questionnaire to answer, a published one',
    dutch: 'de vragenlijst om in te vullen, een gepubliceerde',
    filter: startingWith(`${canonicalBase}/Questionnaire/`, /^[\w:/.|-]+$/),
    sample: `${canonicalBase}/Questionnaire/mgn-conversation`,
  },
  'own identifier': {
    types: ['Identifier'],
    words: 'an identifier that the gateway assigned',
    dutch: 'een nummer dat de gateway gaf',
    filter: identifierOf(oneOf(...ownSystems), matching(/^(?=.*[a-z-])[A-Za-z0-9.-]{1,64}$/)),
    sample: { system: ownSystems[1], value: sampleId },
  },
  'own random identifier': {
    types: ['Identifier'],
    words: 'a random identifier that the gateway assigned',
    dutch: 'een toevallig nummer dat de gateway gaf',
    filter: identifierOf(oneOf(...ownSystems), uuid),
    sample: { system: ownSystems[1], value: sampleId },
  },
  BSN: {
    types: ['Identifier'],
    words: 'the BSN, and no other number',
    dutch: 'het BSN, en geen ander nummer',
    filter: identifierOf(oneOf(identifierSystems.bsn), matching(/^\d{9}$/)),
    sample: { system: identifierSystems.bsn, value: '999900018' },
  },
  'identifier with system': {
    types: ['Identifier'],
    words: 'a number with its system',
    dutch: 'een nummer met de bron ervan',
    filter: partsOf([
      ['system', text],
      ['value', text],
    ]),
    sample: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '00009999' },
  },
  'reference at the gateway': {
    types: ['Reference'],
    words: 'a reference to a resource at the gateway, without words',
    dutch: 'een verwijzing naar een resource bij de gateway, zonder tekst',
    filter: partsOf([['reference', matching(/^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9.-]{1,64}$/)]]),
    sample: { reference: `ServiceRequest/${sampleId}` },
  },
  'organisation of the directory': {
    types: ['Reference'],
    words: 'an organisation or service of the directory, never a professional',
    dutch: 'een organisatie of dienst uit de adreslijst, nooit een hulpverlener',
    filter: partsOf([['reference', matching(/^(Organization|HealthcareService)\/[A-Za-z0-9.-]{1,64}$/)]]),
    sample: { reference: 'HealthcareService/specialist-ggz-horizonland' },
  },
  period: {
    types: ['Period'],
    words: 'a period',
    dutch: 'een periode',
    filter: partsOf([
      ['start', dateTime],
      ['end', dateTime],
    ]),
    sample: { start: '2026-11-27', end: '2026-12-27' },
  },
  'municipality code': {
    types: ['CodeableConcept'],
    words: 'the code of a municipality',
    dutch: 'de code van een gemeente',
    filter: all(
      ['coding'],
      partsOf([
        [
          'coding',
          listOf(
            all(
              ['system', 'code'],
              partsOf([
                ['system', matching(oneOf(mgnNaming('municipality')))],
                ['code', matching(/^\d{4}$/)],
              ]),
            ),
          ),
        ],
      ]),
    ),
    sample: { coding: [{ system: mgnNaming('municipality'), code: '9901' }] },
  },
  'life domain of the social domain': {
    types: ['CodeableConcept'],
    words: 'a life domain of the social domain, as a code',
    dutch: 'een leefgebied van het sociaal domein, als code',
    filter: (value, context) => {
      const passed = codesOf([mgnCodeSystem('life-domain'), mgnCodeSystem('zrm-domain')])(value, context);
      const coding = (passed as { coding?: { system: string; code: string }[] } | undefined)?.coding ?? [];
      return coding.every((it) => socialLifeDomains.has(`${it.system}|${it.code}`)) ? passed : undefined;
    },
    sample: { coding: [{ system: mgnCodeSystem('zrm-domain'), code: 'finances' }] },
  },
  'family name': {
    types: ['string'],
    words: 'what reads as a family name',
    dutch: 'wat op een achternaam lijkt',
    filter: familyName,
    sample: 'de Vries',
  },
  'given name': {
    types: ['string'],
    words: 'what reads as a given name',
    dutch: 'wat op een voornaam lijkt',
    filter: givenName,
    sample: 'Sanne',
  },
  title: {
    types: ['string'],
    words: 'a title from a list',
    dutch: 'een titel uit een lijst',
    filter: title,
    sample: 'dr.',
  },
  'phone number or email address': {
    types: ['ContactPoint'],
    words: 'a phone number or email address with its kind',
    dutch: 'een telefoonnummer of e-mailadres met het soort ervan',
    filter: contactPoint,
    sample: { system: 'phone', use: 'home', value: '0612345678' },
  },
  'street with number': {
    types: ['string'],
    words: 'a street with a number',
    dutch: 'een straat met een nummer',
    filter: street,
    sample: 'Dorpsstraat 1',
  },
  city: {
    types: ['string'],
    words: 'what reads as a place name',
    dutch: 'wat op een plaatsnaam lijkt',
    filter: city,
    sample: 'Zonnerveen',
  },
  'postal code': {
    types: ['string'],
    words: 'a postal code',
    dutch: 'een postcode',
    filter: postalCode,
    sample: '9901 AB',
  },
  country: { types: ['string'], words: 'a country', dutch: 'een land', filter: country, sample: 'NL' },
};

/** Codes of these systems, without display and text, which could contain anything. */
export const codesOf = (systems: readonly string[]): Filter =>
  partsOf([
    [
      'coding',
      listOf(
        all(
          ['system', 'code'],
          partsOf([
            ['system', matching(oneOf(...systems))],
            ['code', code],
          ]),
        ),
      ),
    ],
  ]);

/** A system by its short name (`use-case`) or its URL. */
const systemOf = (name: string): string => (/^(?:https?|urn):/.test(name) ? name : mgnCodeSystem(name));

/** Of the life domains, one that a Consent may permit. */
const sampleCoding = (names: readonly string[]) =>
  names.includes('zrm-domain')
    ? { system: systemOf('zrm-domain'), code: 'finances' }
    : { system: systemOf(names[0] ?? ''), code: 'sample' };

const codesForm = (names: readonly string[]): Form => ({
  types: ['CodeableConcept'],
  words: `codes of ${names.join(', ')}, without words`,
  dutch: `codes uit ${names.join(', ')}, zonder tekst`,
  systems: names.map(systemOf),
  filter: codesOf(names.map(systemOf)),
  sample: { coding: [sampleCoding(names)] },
});

const extensionForm = (name: string, { filter, systems, sample, words, dutch }: Form): Form => {
  const url = mgnExtension(name);
  return {
    types: ['Extension'],
    words: `extension ${name}: ${words}`,
    dutch: `extensie ${name}: ${dutch}`,
    ...(systems ? { systems } : {}),
    filter: all(
      ['url', 'valueCodeableConcept'],
      partsOf([
        ['url', matching(oneOf(url))],
        ['valueCodeableConcept', filter],
      ]),
    ),
    sample: { url, valueCodeableConcept: sample },
  };
};

const fixedCode = (value: string): Form => ({
  types: ['code', 'uri', 'string'],
  words: `only ${value}`,
  dutch: `alleen ${value}`,
  filter: (it) => (it === value ? it : undefined),
  sample: value,
});

const namesIn = (list: string): readonly string[] => list.split(',').map((it) => it.trim());

/** The form that a line names, or undefined. `codes of A, B`; `extension X with codes of A, B`; `exactly X`. */
export function formOf(name: string): Form | undefined {
  const codes = /^codes of (.+)$/.exec(name);
  if (codes) return codesForm(namesIn(codes[1]!));
  const extension = /^extension ([a-z-]+) with codes of (.+)$/.exec(name);
  if (extension) return extensionForm(extension[1]!, codesForm(namesIn(extension[2]!)));
  const exactly = /^exactly (\S+)$/.exec(name);
  if (exactly) return fixedCode(exactly[1]!);
  return Object.hasOwn(fixed, name) ? fixed[name] : undefined;
}

export const formNames: readonly string[] = [
  ...Object.keys(fixed),
  'codes of …',
  'extension … with codes of …',
  'exactly …',
];

/** Names of the fixed forms that fit a datatype. */
export const formsFitting = (type: string): readonly string[] =>
  Object.entries(fixed)
    .filter(([, { types }]) => types.includes(type) || types.includes('*'))
    .map(([name]) => name);
