import type { Task } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../../fhir/canonical.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import type { Elements } from '../../fhir/resource.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { isOwnerMark } from '../owner-marks.ts';
import { type FilterContext, isElements } from './filter.ts';

/** A condition of a line (`when`, `only`, `where`): on the permissions, the resource or the value. */
export type Condition = (value: unknown, context: FilterContext) => boolean;

/** `system|code` of a life-domain extension; undefined without exactly one coding. */
export function lifeDomainIn(extension: unknown): string | undefined {
  const { url, valueCodeableConcept } = (extension ?? {}) as {
    url?: string;
    valueCodeableConcept?: { coding?: { system?: string; code?: string }[] };
  };
  if (url !== mgnExtension('life-domain')) return undefined;
  const [coding, ...others] = valueCodeableConcept?.coding ?? [];
  return coding && others.length === 0 ? `${coding.system}|${coding.code}` : undefined;
}

const isForSocialDomain: Condition = (value) => {
  const extensions = isElements(value) && Array.isArray(value.extension) ? (value.extension as Elements[]) : [];
  return extensions.some(({ url, valueCodeableConcept }) => {
    const { coding } = (valueCodeableConcept ?? {}) as { coding?: { system?: string; code?: string }[] };
    return (
      url === mgnExtension('domain') &&
      (coding?.some(({ system, code }) => system === mgnCodeSystem('domain') && code === 'social') ?? false)
    );
  });
};

/** Conditions by the words that a line uses. */
export const conditions: Readonly<Record<string, Condition>> = {
  'contact data permitted': (_, { permissions }) => permissions.contactData === true,
  'BSN permitted': (_, { permissions }) => permissions.bsn === true,
  'content permitted': (_, { permissions }) => permissions.content === true,
  'life domain permitted': (value, { permissions }) => {
    const domain = lifeDomainIn(value);
    return domain !== undefined && permissions.lifeDomain?.(domain) === true;
  },
  'goals permitted': (value, { permissions }) => isElements(value) && permissions.goals?.(value) === true,
  'activities permitted': (value, { permissions }) => isElements(value) && permissions.activities?.(value) === true,
  'marked for the social domain': isForSocialDomain,
  'marked for the social domain, if in words': (value, context) =>
    isElements(value) && (value.valueString === undefined || isForSocialDomain(value, context)),
  'rejected by the recipient': (_, { resource }) => (resource as Elements).status === 'rejected',
  'a case consultation': (_, { resource }) => isConsultation(resource as Task),
  'a BSN': (value) => isElements(value) && value.system === identifierSystems.bsn,
  'a mark for the owner': (value) => isElements(value) && isOwnerMark(value),
};

/** The same conditions in Dutch, for who reads why a line did not apply. */
const dutch: Readonly<Record<string, string>> = {
  'contact data permitted': 'toestemming voor contactgegevens',
  'BSN permitted': 'toestemming voor het BSN',
  'content permitted': 'toestemming voor de inhoud',
  'life domain permitted': 'toestemming voor het leefgebied',
  'goals permitted': 'toestemming voor doelen',
  'activities permitted': 'toestemming voor activiteiten',
  'marked for the social domain': 'bestemd voor het sociaal domein',
  'marked for the social domain, if in words': 'bestemd voor het sociaal domein, als het tekst is',
  'rejected by the recipient': 'afgewezen door de ontvanger',
  'a case consultation': 'een casusoverleg',
  'a BSN': 'een BSN',
  'a mark for the owner': 'een kenmerk voor de uitvoerder',
};

export const inDutch = (condition: string): string => dutch[condition] ?? condition;
