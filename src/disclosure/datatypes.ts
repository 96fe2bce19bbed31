import { mgnCodeSystem, mgnNaming, mgnProfile } from '../fhir/canonical.ts';
import { identifierSystems } from '../fhir/identifier.ts';
import {
  type AllowList,
  code,
  codesOf,
  dateTime,
  type ElementFilter,
  element,
  list,
  oneOf,
  reduce,
} from './allow-list.ts';

/**
 * Filters of the FHIR datatypes that pass to a recipient without a right to the whole. Each names the parts of its
 * datatype, and the form of each part: no extension, display, assigner or text passes, on any element or primitive.
 */
const matching =
  (form: RegExp): ElementFilter =>
  (value) =>
    typeof value === 'string' && form.test(value) ? value : undefined;

/** `Type/id` of a resource at this gateway: no query, fragment or display, which can contain anything. */
const localReference = matching(/^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9.-]{1,64}$/);
export const reference: ElementFilter = element({ reference: localReference });

/** An organisation or service of the directory, by its reference; never a professional. */
export const directoryReference: ElementFilter = element({
  reference: matching(/^(Organization|HealthcareService)\/[A-Za-z0-9.-]{1,64}$/),
});

export const period: ElementFilter = element({ start: dateTime, end: dateTime });

/** Identifiers that the gateway assigned, by which both sides refer to one resource. */
export const ownIdentifiers: ElementFilter = list((it) => {
  const identifier = reduce(it, {
    system: oneOf(mgnNaming('resource'), mgnNaming('task')),
    value: matching(/^(?=.*[a-z-])[A-Za-z0-9.-]{1,64}$/),
  });
  return identifier?.system && identifier.value ? identifier : undefined;
});

/** What the gateway itself writes in Meta: never tags, security labels or profiles of a sender. */
export const meta: ElementFilter = element({
  versionId: matching(/^\d{1,10}$/),
  lastUpdated: dateTime,
  source: (value) =>
    typeof value === 'string' && value.startsWith(`${mgnNaming('partner')}#`) && /^[\w:/.#-]{1,200}$/.test(value)
      ? value
      : undefined,
  profile: list((value) =>
    typeof value === 'string' && value.startsWith(mgnProfile('')) && /^[\w:/.|-]{1,200}$/.test(value)
      ? value
      : undefined,
  ),
});

export const legalBasis: ElementFilter = (it) => {
  const basis = reduce(it, {
    url: oneOf(mgnProfile('legal-basis')),
    valueCodeableConcept: codesOf(mgnCodeSystem('legal-basis')),
  });
  return basis?.url && basis.valueCodeableConcept ? basis : undefined;
};

/** Parts of Dutch surnames (voorvoegsels) that are written without a capital. */
const particles =
  "aan|af|al|am|an|auf|aus|ben|bij|bin|d'|da|dal|dalla|das|de|dei|del|della|den|der|des|di|die|do|don|dos|du|el|en|het|i|im|in|la|las|le|les|lo|los|of|onder|op|over|'s|'t|te|ten|ter|thoe|tho|to|toe|tot|uijt|uit|und|unter|van|vanden|ver|vom|von|voor|vor|y|zu|zum|zur|e/v|geb\\.";
/** No part can be read in two ways: a hostile name costs no more time than a real one. */
const capital = '[\\p{Lu}\\p{Lt}\\p{Lo}]';
const letters = "[\\p{L}\\p{M}'’]*";
const capitalised = `(?:d['’]|['’][st] ?)?${capital}${letters}\\.?(?:${capital}\\p{M}*\\.)*`;
/** One word, possibly hyphenated, that begins as a name does. */
const word = `${capitalised}(?:-\\p{L}${letters}\\.?)*`;

const limited =
  (length: number, form: RegExp): ElementFilter =>
  (value) =>
    typeof value === 'string' && value.length <= length && form.test(value) ? value : undefined;

/** Up to four words in letters, each with a capital: a sentence in the place of a name is left out. */
const givenName = limited(60, new RegExp(`^${word}(?: ${word}){0,3}$`, 'u'));
/** The same with prefixes, up to eight words: `van der Berg-de Vries`. */
const familyName = limited(
  80,
  new RegExp(`^(?:(?:${particles}) ){0,4}${word}(?:(?: - | |- )(?:(?:${particles}) ){0,4}${word}){0,3}$`, 'u'),
);
const title = limited(
  20,
  /^(?:dhr\.?|de heer|heer|mevr\.?|mw\.?|mevrouw|dr\.?|drs\.?|ir\.?|ing\.?|mr\.?|prof\.?|ds\.?|bc\.?|jhr\.?|jkvr\.?)$/i,
);

/** The structured parts of a name; without a family or given name that reads as one, nothing. */
export const humanName: ElementFilter = (it) => {
  const name = reduce(it, { use: code, family: familyName, given: list(givenName), prefix: list(title) });
  return name?.family || name?.given ? name : undefined;
};

const phone = matching(/^\+?[\d][\d ()./-]{2,24}$/);
const email = limited(120, /^[^\s@<>()"',;:]{1,64}@[A-Za-z0-9.-]{1,63}$/);

const contactPoint: ElementFilter = (it) => {
  const point = reduce(it, { system: oneOf('phone', 'sms', 'fax', 'email'), use: code });
  if (!point) return undefined;
  const value = reduce(it, { value: point.system === 'email' ? email : phone });
  return point.system && value ? { ...point, ...value } : undefined;
};

const addressWords = "[\\p{L}\\p{M}\\d][\\p{L}\\p{M}\\d.'’/&-]*";

export const contact: AllowList = {
  telecom: list(contactPoint),
  address: list(
    element({
      use: code,
      /** A street with a number, or a number alone: words without a number can be anything. */
      line: list(limited(70, new RegExp(`^(?=.*\\d)${addressWords}(?: ${addressWords}){0,7}$`, 'u'))),
      city: limited(50, /^(?:'[st] ?-?)?\p{Lu}[\p{L}\p{M}.'’()-]*(?: [\p{L}\p{M}.'’()-]+){0,4}$/u),
      postalCode: matching(/^(?=.*\d)[A-Z0-9][A-Z0-9 -]{1,9}$/i),
      country: matching(/^(?:[A-Z]{2,3}|\p{Lu}[\p{L} ]{2,40})$/u),
    }),
  ),
};

export const bsnOnly: ElementFilter = (it) => {
  const identifier = reduce(it, { system: oneOf(identifierSystems.bsn), value: matching(/^\d{9}$/) });
  return identifier?.system && identifier.value ? identifier : undefined;
};
