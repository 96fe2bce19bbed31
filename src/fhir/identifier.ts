import type { Identifier } from '@medplum/fhirtypes';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Burgerservicenummer: a person. Never in a log, a URL, a notification or a diagnostic. */
export type Bsn = Branded<'bsn'>;
/** UZI-register abonneenummer: a care organisation. */
export type Ura = Branded<'ura'>;
/** AGB-code of Vektis: a care organisation or a professional. */
export type Agb = Branded<'agb'>;
/** Unieke Zorgverlener Identificatie: a professional's card. */
export type Uzi = Branded<'uzi'>;
/** Number in the trade register of the Kamer van Koophandel: any organisation, also a municipality. */
export type Kvk = Branded<'kvk'>;

const fhirNl = (name: string): string => `http://fhir.nl/fhir/NamingSystem/${name}`;

/** The systems that the gateway emits. */
export const identifierSystems = {
  bsn: fhirNl('bsn'),
  ura: fhirNl('ura'),
  agb: fhirNl('agb-z'),
  uzi: fhirNl('uzi-nr-pers'),
  uziSystem: fhirNl('uzi-nr-sys'),
  uziRole: fhirNl('uzi-rolcode'),
  big: fhirNl('big'),
  uzovi: fhirNl('uzovi'),
  kvk: fhirNl('kvk'),
  kvkBranch: fhirNl('kvk-vestigingsnummer'),
} as const;

/** Other spellings seen in practice, with their normalised system. OIDs as listed by AORTA. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['http://www.kvk.nl', identifierSystems.kvk], // generic functions guide, identification page
  ['http://kvk.nl', identifierSystems.kvk], // Twiin invariant twiin-aid-1
  ['https://www.kvk.nl', identifierSystems.kvk],
  ['https://kvk.nl', identifierSystems.kvk],
  [fhirNl('uzi'), identifierSystems.uzi], // generic functions guide; nl-core has uzi-nr-pers
  ['urn:oid:2.16.528.1.1007.3.1', identifierSystems.uzi],
  ['urn:oid:2.16.528.1.1007.3.2', identifierSystems.uziSystem],
  ['urn:oid:2.16.528.1.1007.3.3', identifierSystems.ura], // also the assigner in UZI server certificates
  ['urn:oid:2.16.840.1.113883.2.4.6.1', identifierSystems.agb],
  ['urn:oid:2.16.840.1.113883.2.4.6.3', identifierSystems.bsn],
]);

/** The system as the gateway emits it; an unknown system unchanged. */
export const normaliseSystem = (system: string): string =>
  spellings.get(system.endsWith('/') ? system.slice(0, -1) : system) ?? system;

/** The identifier with its system normalised and its value trimmed. */
export function normaliseIdentifier(identifier: Identifier): Identifier {
  const { system, value } = identifier;
  return {
    ...identifier,
    ...(system === undefined ? {} : { system: normaliseSystem(system) }),
    ...(value === undefined ? {} : { value: value.trim() }),
  };
}

/**
 * Nine digits that pass the elfproef (11-proof): 9a+8b+7c+6d+5e+4f+3g+2h-i is a multiple of 11. All zeros is invalid.
 */
export function bsn(text: string): Bsn | undefined {
  if (!/^\d{9}$/.test(text) || text === '000000000') return undefined;
  const sum = [...text].reduce((total, digit, index) => total + Number(digit) * (index === 8 ? -1 : 9 - index), 0);
  return sum % 11 === 0 ? (text as Bsn) : undefined;
}

/** A BSN that is never issued, for tests and examples: 9999xxxxx. */
export const isTestBsn = (text: string): boolean => text.startsWith('9999') && bsn(text) !== undefined;

/** Eight digits: every published AGB-code. */
export const agb = (text: string): Agb | undefined => (/^\d{8}$/.test(text) ? (text as Agb) : undefined);

// No published rule was found for the length of these three, so only digits are required; see `isUnusual`.

export const ura = (text: string): Ura | undefined => (isDigits(text) ? (text as Ura) : undefined);
export const uzi = (text: string): Uzi | undefined => (isDigits(text) ? (text as Uzi) : undefined);
export const kvk = (text: string): Kvk | undefined => (isDigits(text) ? (text as Kvk) : undefined);

const isDigits = (text: string): boolean => /^\d{1,20}$/.test(text);

/** Number of digits seen in practice: a deviation is a warning, not an error. */
const usualLength: Readonly<Record<string, number>> = {
  [identifierSystems.ura]: 8,
  [identifierSystems.kvk]: 8,
  [identifierSystems.kvkBranch]: 12,
  [identifierSystems.big]: 11,
  [identifierSystems.uzovi]: 4,
};

/** Whether a value deviates from the usual form in its system. False for an unknown system. */
export function isUnusual({ system, value }: Identifier): boolean {
  const length = system === undefined ? undefined : usualLength[normaliseSystem(system)];
  return length !== undefined && value !== undefined && !(value.length === length && isDigits(value));
}
