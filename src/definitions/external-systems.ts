/** Code systems that no package enumerates: a grammar or the JavaScript platform defines their codes. */

import { parseUnit } from '../fhirpath/index.ts';

export type ExternalSystem = {
  /** Undefined when the form alone does not decide. */
  readonly has: (code: string) => boolean | undefined;
  readonly display?: (code: string) => string | undefined;
};

/** BCP 47 (RFC 5646), well-formedness; each subtag at most 8 characters. */
const languageTag =
  /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?$|^x(?:-[a-z0-9]{1,8})+$/i;
/** RFC 6838 with the parameters of RFC 2045. */
const mediaType = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(?:\s*;.*)?$/;

const currencies = new Set(Intl.supportedValuesOf('currency'));
const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

const regionNames = new Map<string, string | undefined>();

/** Cached: at most 676 entries, and the platform is slow for each. */
function regionName(code: string): string | undefined {
  if (regionNames.has(code)) return regionNames.get(code);
  if (!/^[A-Z]{2}$/.test(code)) return undefined;
  const name = regions.of(code);
  regionNames.set(code, name);
  return name;
}

/** https://hl7.org/fhir/R4/ucum.html */
export const ucum = 'http://unitsofmeasure.org';

export const externalSystems: ReadonlyMap<string, ExternalSystem> = new Map<string, ExternalSystem>([
  [ucum, { has: (code) => parseUnit(code) !== undefined }],
  [
    'urn:ietf:bcp:47',
    {
      has: (code: string) => languageTag.test(code),
      display: (code: string) => (/^[a-z]{2}$/.test(code) ? languages.of(code) : undefined),
    },
  ],
  // R4 uses the short forms of its own formats as media types (https://hl7.org/fhir/R4/http.html#mime-type).
  ['urn:ietf:bcp:13', { has: (code: string) => mediaType.test(code) || /^(?:xml|json|ttl)$/.test(code) }],
  ['urn:iso:std:iso:4217', { has: (code: string) => /^[A-Z]{3}$/.test(code) && (currencies.has(code) || undefined) }],
  [
    'urn:iso:std:iso:3166',
    {
      has: (code: string) => {
        if (/^[A-Z]{2}$/.test(code)) return regionName(code) !== undefined;
        // The platform has no list of the three-letter and numeric codes.
        return /^(?:[A-Z]{3}|\d{3})$/.test(code) ? undefined : false;
      },
      display: regionName,
    },
  ],
  ['urn:iso:std:iso:3166:-2', { has: (code: string) => (/^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(code) ? undefined : false) }],
  [
    'http://unstats.un.org/unsd/methods/m49/m49.htm',
    { has: (code: string) => (/^\d{3}$/.test(code) ? undefined : false) },
  ],
]);
